// SPDX-License-Identifier: GPL-3.0-or-later
// What the queue promises, on both backends.
#include "store/jobs.h"

#include <doctest/doctest.h>
#include <poll.h>

#include <algorithm>
#include <future>
#include <set>
#include <thread>

#include "store/test_stores.h"

using namespace civicum;
using namespace std::chrono_literals;

namespace {

NewJob job_of(std::string kind, std::int64_t priority = 100) {
  NewJob job;
  job.kind = std::move(kind);
  job.priority = priority;
  return job;
}

template <typename T>
T must(Result<T> result) {
  return SqliteTestStore::must(std::move(result));
}

JobId add(Jobs jobs, const NewJob& job) { return must(jobs.enqueue(std::span(&job, 1)))[0].id; }

std::vector<ClaimedJob> take(Jobs jobs, std::uint32_t count = 1, const std::string& worker = "w1",
                             milliseconds lease = lease_time) {
  return must(jobs.claim({"page", count, worker, lease}));
}

AttemptFailure failed_by(AttemptEnd end) { return {end, "crash", "signal 11", "150 dpi"}; }

StoredPage page_of(std::string text) {
  PageReading reading;
  reading.engine = "text layer";
  reading.content.text = std::move(text);
  return {reading, 1, "", {mib(512), 60}};
}

}  // namespace

TEST_CASE_TEMPLATE("jobs of a kind are handed out by priority, then in their order, each once",
                   TestStore, SqliteTestStore, PostgresTestStore) {
  SKIP_WITHOUT(TestStore);
  const TestStore place;
  Store store = place.open();
  Jobs jobs = store.jobs();
  NewJob last = job_of("page", 200);
  last.payload = R"({"página":"ñ \"x\""})";
  last.document = 7;
  last.page_index = 3;
  const std::vector<NewJob> batch = {last, job_of("page"), job_of("other"), job_of("page")};
  const auto ids = must(jobs.enqueue(batch));
  const auto first = take(jobs, 2);
  REQUIRE(first.size() == 2);
  CHECK(first[0].lease.job == ids[1].id);
  CHECK(first[1].lease.job == ids[3].id);
  CHECK(first[0].attempt == 1);
  const auto second = take(jobs, 5, "w2");
  REQUIRE(second.size() == 1);
  CHECK(second[0].payload == last.payload);
  CHECK(second[0].document == 7);
  CHECK(second[0].page_index == 3U);
  CHECK(second[0].lease.token != first[0].lease.token);
  CHECK(take(jobs).empty());
  CHECK(must(jobs.show(ids[0].id)).worker == "w2");
}

TEST_CASE_TEMPLATE("workers at once take every job exactly once", TestStore, SqliteTestStore,
                   PostgresTestStore) {
  SKIP_WITHOUT(TestStore);
  constexpr std::size_t job_count = 400;
  const TestStore place;
  Store store = place.open();
  (void)must(store.jobs().enqueue(std::vector<NewJob>(job_count, job_of("page"))));
  std::vector<std::vector<JobId>> taken(4);
  std::vector<std::thread> workers;
  for (std::size_t i = 0; i < taken.size(); ++i) {
    workers.emplace_back([&place, &mine = taken[i], i] {
      auto own = Store::open(place.url(), "");
      if (!own) return;
      Jobs jobs = own->jobs();
      while (true) {
        const auto got = jobs.claim({"page", 3, "w" + std::to_string(i), lease_time});
        if (!got || got->empty()) return;
        for (const ClaimedJob& job : *got) {
          const auto held = jobs.complete(job.lease, {}, Durability::Relaxed);
          if (held && *held == Hold::Held) mine.push_back(job.lease.job);
        }
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  std::set<JobId> all;
  std::size_t count = 0;
  for (const auto& mine : taken) {
    all.insert(mine.begin(), mine.end());
    count += mine.size();
  }
  CHECK(all.size() == job_count);
  CHECK(count == job_count);
  CHECK(must(store.jobs().count()).empty());
}

TEST_CASE_TEMPLATE(
    "an open job with the same key is found, not doubled; an ended one is no hindrance", TestStore,
    SqliteTestStore, PostgresTestStore) {
  SKIP_WITHOUT(TestStore);
  const TestStore place;
  Store store = place.open();
  Jobs jobs = store.jobs();
  NewJob keyed = job_of("page");
  keyed.unique_key = "document 1";
  const JobId first = add(jobs, keyed);
  const std::vector<NewJob> batch = {job_of("page"), keyed};
  const auto again = must(jobs.enqueue(batch));
  CHECK(again[0].is_new);
  CHECK_FALSE(again[1].is_new);
  CHECK(again[1].id == first);
  CHECK(must(jobs.list({})).size() == 2);
  CHECK(must(jobs.cancel(first)).state == JobState::Cancelled);
  CHECK(must(jobs.enqueue(std::span(&keyed, 1)))[0].is_new);
  const std::vector<NewJob> twice = {job_of("page"), keyed, keyed};
  CHECK(must(jobs.cancel(must(jobs.enqueue(twice))[2].id)).state == JobState::Cancelled);
  const auto both = must(jobs.enqueue(twice));
  CHECK(both[1].is_new);
  CHECK_FALSE(both[2].is_new);
  CHECK(both[2].id == both[1].id);
  // The ended one cannot come back beside the new one.
  CHECK(must(jobs.retry(first)).state == JobState::Cancelled);
}

TEST_CASE_TEMPLATE("a document's first job is there only where nothing else is done about it",
                   TestStore, SqliteTestStore, PostgresTestStore) {
  SKIP_WITHOUT(TestStore);
  const TestStore place;
  Store store = place.open();
  Jobs jobs = store.jobs();
  Documents documents = store.documents();
  NewJob first = job_of("page");
  first.unique_key = "open";
  first.document = must(documents.find_or_add({"abc", "", "a.pdf", 10})).id;
  first.is_first = true;
  const auto is_enqueued = [&] { return must(jobs.enqueue(std::span(&first, 1)))[0].is_new; };
  CHECK(is_enqueued());
  CHECK_FALSE(is_enqueued());
  NewJob next = job_of("page");
  next.document = first.document;
  REQUIRE(must(jobs.complete(take(jobs)[0].lease, {{}, {next}}, Durability::Durable)) ==
          Hold::Held);
  CHECK_FALSE(is_enqueued());
  REQUIRE(must(jobs.complete(take(jobs)[0].lease, {}, Durability::Durable)) == Hold::Held);
  CHECK(is_enqueued());
  const std::vector<SqlCall> end = {end_document_call(*first.document)};
  REQUIRE(must(jobs.complete(take(jobs)[0].lease, {end, {}}, Durability::Durable)) == Hold::Held);
  CHECK_FALSE(is_enqueued());
  CHECK(must(jobs.count()).empty());
}

TEST_CASE_TEMPLATE("a job waits until all that it needs has ended, however it ended", TestStore,
                   SqliteTestStore, PostgresTestStore) {
  SKIP_WITHOUT(TestStore);
  const TestStore place;
  Store store = place.open();
  Jobs jobs = store.jobs();
  std::vector<NewJob> batch(3, job_of("page"));
  batch[1].errors_max = 1;
  batch.push_back(job_of("page", 1));
  batch[3].needs = {0, 1, 2};
  const auto ids = must(jobs.enqueue(batch));
  CHECK(must(jobs.show(ids[3].id)).state == JobState::Blocked);
  const auto parents = take(jobs, 10);
  REQUIRE(parents.size() == 3);
  CHECK(must(jobs.complete(parents[0].lease, {}, Durability::Relaxed)) == Hold::Held);
  CHECK(must(jobs.fail(parents[1].lease, parents[1].budget, failed_by(AttemptEnd::Error))) ==
        Hold::Held);
  CHECK(must(jobs.show(ids[1].id)).state == JobState::Dead);
  CHECK(must(jobs.show(ids[3].id)).needs_left == 1);
  CHECK(take(jobs).empty());
  // The last parent first pauses, then is cancelled.
  CHECK(must(jobs.fail(parents[2].lease, parents[2].budget, failed_by(AttemptEnd::Error))) ==
        Hold::Held);
  CHECK(must(jobs.show(ids[2].id)).state == JobState::Scheduled);
  CHECK(must(jobs.show(ids[3].id)).state == JobState::Blocked);
  CHECK(must(jobs.cancel(ids[2].id)).state == JobState::Cancelled);
  const auto child = take(jobs);
  REQUIRE(child.size() == 1);
  CHECK(child[0].lease.job == ids[3].id);
}

TEST_CASE_TEMPLATE("a job's end, its writes and what follows are one transaction", TestStore,
                   SqliteTestStore, PostgresTestStore) {
  SKIP_WITHOUT(TestStore);
  const TestStore place;
  Store store = place.open();
  Jobs jobs = store.jobs();
  Documents documents = store.documents();
  const DocumentId document = must(documents.find_or_add({"abc", "", "a.pdf", 10})).id;
  (void)add(jobs, job_of("page"));
  const auto job = take(jobs);
  const StoredPage page = page_of("hola");
  const std::string outcome = encode_outcome(page);
  std::vector<NewJob> follow_ups = {job_of("page"), job_of("page", 1)};
  follow_ups[1].needs = {0};
  const JobEffects effects{{save_page_call(document, 0, page, outcome)}, follow_ups};

  const Lease stale{job[0].lease.job, job[0].lease.token ^ 1};
  CHECK(must(jobs.complete(stale, effects, Durability::Durable)) == Hold::Lost);
  CHECK(must(documents.count_ended(document)) == 0);
  CHECK(take(jobs).empty());

  CHECK(must(jobs.complete(job[0].lease, effects, Durability::Durable)) == Hold::Held);
  CHECK(must(documents.count_ended(document)) == 1);
  CHECK(must(jobs.complete(job[0].lease, effects, Durability::Durable)) == Hold::Lost);
  CHECK(must(jobs.list({})).size() == 2);
  const auto follow_up = take(jobs, 5);
  REQUIRE(follow_up.size() == 1);
  CHECK(must(jobs.complete(follow_up[0].lease, {}, Durability::Relaxed)) == Hold::Held);
  CHECK(take(jobs).size() == 1);
}

TEST_CASE_TEMPLATE(
    "a failed attempt pauses, comes back with its memo, and ends dead with its reason", TestStore,
    SqliteTestStore, PostgresTestStore) {
  SKIP_WITHOUT(TestStore);
  const TestStore place;
  Store store = place.open();
  Jobs jobs = store.jobs();
  NewJob twice = job_of("page");
  twice.errors_max = 2;
  const JobId id = add(jobs, twice);
  auto job = take(jobs);
  CHECK(must(jobs.fail(job[0].lease, job[0].budget, failed_by(AttemptEnd::Error))) == Hold::Held);
  const JobRow paused = must(jobs.show(id));
  CHECK(paused.state == JobState::Scheduled);
  CHECK(paused.reason == "crash");
  const auto next = must(jobs.next_times("w1"));
  REQUIRE(next.promotion);
  CHECK(*next.promotion > 500ms);
  CHECK(*next.promotion <= 2400ms);
  CHECK(must(jobs.promote_due()) == 0);
  CHECK(take(jobs).empty());

  CHECK(must(jobs.retry(id)).state == JobState::Queued);  // now rather than later
  job = take(jobs);
  REQUIRE(job.size() == 1);
  CHECK(job[0].memo == "150 dpi");
  CHECK(job[0].attempt == 2);
  CHECK(job[0].budget.errors == 0);
  job[0].budget.errors = 1;
  CHECK(must(jobs.fail(job[0].lease, job[0].budget, failed_by(AttemptEnd::Error))) == Hold::Held);
  const JobRow dead = must(jobs.show(id));
  CHECK(dead.state == JobState::Dead);
  CHECK(dead.detail == "signal 11");
  CHECK(dead.ended_at_ms.has_value());
  CHECK(must(jobs.retry(id)).state == JobState::Queued);
  CHECK(take(jobs).size() == 1);
}

TEST_CASE_TEMPLATE("nothing follows a job that was cancelled while it ran", TestStore,
                   SqliteTestStore, PostgresTestStore) {
  SKIP_WITHOUT(TestStore);
  const TestStore place;
  Store store = place.open();
  Jobs jobs = store.jobs();
  const JobId id = add(jobs, job_of("page"));
  const auto job = take(jobs);
  CHECK(must(jobs.cancel(id)).is_cancelling);
  const JobEffects effects{{}, {job_of("page"), job_of("page")}};
  CHECK(must(jobs.complete(job[0].lease, effects, Durability::Durable)) == Hold::Lost);
  CHECK(must(jobs.list({})).size() == 1);
  CHECK(must(jobs.fail(job[0].lease, job[0].budget, failed_by(AttemptEnd::Released))) ==
        Hold::Held);
  CHECK(must(jobs.show(id)).state == JobState::Cancelled);
}

TEST_CASE_TEMPLATE("crashes and kills have budgets of their own", TestStore, SqliteTestStore,
                   PostgresTestStore) {
  SKIP_WITHOUT(TestStore);
  const TestStore place;
  Store store = place.open();
  Jobs jobs = store.jobs();
  const JobId id = add(jobs, job_of("page"));
  for (const AttemptEnd end : {AttemptEnd::Kill, AttemptEnd::Crash, AttemptEnd::Kill,
                               AttemptEnd::Released, AttemptEnd::Crash, AttemptEnd::Crash}) {
    const auto job = take(jobs);
    REQUIRE(job.size() == 1);
    CHECK(must(jobs.fail(job[0].lease, job[0].budget, failed_by(end))) == Hold::Held);
  }
  const JobRow row = must(jobs.show(id));
  CHECK(row.state == JobState::Dead);
  CHECK(row.budget.crashes == 3);
  CHECK(row.budget.kills == 2);
  CHECK(row.budget.errors == 0);
}

TEST_CASE_TEMPLATE("a worker that lost its lease cannot write and is told so", TestStore,
                   SqliteTestStore, PostgresTestStore) {
  SKIP_WITHOUT(TestStore);
  const TestStore place;
  Store store = place.open();
  Jobs jobs = store.jobs();
  (void)add(jobs, job_of("page"));
  (void)add(jobs, job_of("page"));
  const auto frozen = take(jobs, 1, "frozen", 0ms);
  const auto healthy = take(jobs, 1, "healthy");
  const auto expired = must(jobs.expired_leases());
  REQUIRE(expired.size() == 1);
  CHECK(expired[0].worker == "frozen");
  CHECK(must(jobs.next_times("w1")).lease_end == 0ms);
  CHECK(must(jobs.fail(expired[0].lease, expired[0].budget,
                       {AttemptEnd::Kill, "worker_lost", "its lease ran out", ""})) == Hold::Held);
  const auto again = take(jobs, 1, "other");
  REQUIRE(again.size() == 1);
  CHECK(again[0].lease.job == frozen[0].lease.job);
  CHECK(again[0].budget.kills == 1);

  CHECK(must(jobs.complete(frozen[0].lease, {}, Durability::Durable)) == Hold::Lost);
  CHECK(must(jobs.fail(frozen[0].lease, frozen[0].budget, failed_by(AttemptEnd::Error))) ==
        Hold::Lost);
  CHECK(must(jobs.checkpoint(frozen[0].lease, {}, 1, 2)) == HoldWish::Lost);
  const std::vector<Lease> held = {frozen[0].lease, healthy[0].lease};
  CHECK(must(jobs.beat("frozen", held)) == std::vector<HoldWish>{HoldWish::Lost, HoldWish::GoOn});
  CHECK(must(jobs.complete(again[0].lease, {}, Durability::Durable)) == Hold::Held);
}

TEST_CASE_TEMPLATE("a beat prolongs the lease, progress is seen", TestStore, SqliteTestStore,
                   PostgresTestStore) {
  SKIP_WITHOUT(TestStore);
  const TestStore place;
  Store store = place.open();
  Jobs jobs = store.jobs();
  const JobId id = add(jobs, job_of("page"));
  auto job = take(jobs, 1, "w1", 0ms);
  REQUIRE(must(jobs.expired_leases()).size() == 1);
  CHECK(must(jobs.beat("w1", std::span(&job[0].lease, 1))) ==
        std::vector<HoldWish>{HoldWish::GoOn});
  CHECK(must(jobs.expired_leases()).empty());
  job[0].lease.time = 2 * lease_time;
  CHECK(must(jobs.checkpoint(job[0].lease, {}, 3, 10)) == HoldWish::GoOn);
  const JobRow row = must(jobs.show(id));
  CHECK(row.pages_done == 3);
  CHECK(row.pages_total == 10);
  const auto left = must(jobs.next_times("w1")).lease_end;
  REQUIRE(left);
  CHECK(*left > lease_time * 3 / 2);
}

TEST_CASE_TEMPLATE(
    "a cancelled job ends: a waiting one at once, a running one when its worker hears", TestStore,
    SqliteTestStore, PostgresTestStore) {
  SKIP_WITHOUT(TestStore);
  const TestStore place;
  Store store = place.open();
  Jobs jobs = store.jobs();
  const JobId id = add(jobs, job_of("page"));
  const JobId waiting = add(jobs, job_of("page"));
  const auto job = take(jobs);
  CHECK(must(jobs.cancel(waiting)).state == JobState::Cancelled);
  const JobRow asked = must(jobs.cancel(id));
  CHECK(asked.state == JobState::Running);
  CHECK(asked.is_cancelling);
  CHECK(must(jobs.beat("w1", std::span(&job[0].lease, 1))) ==
        std::vector<HoldWish>{HoldWish::Cancel});
  CHECK(must(jobs.checkpoint(job[0].lease, {}, 1, 2)) == HoldWish::Cancel);
  CHECK(must(jobs.fail(job[0].lease, job[0].budget, {AttemptEnd::Released, "cancelled", "", ""})) ==
        Hold::Held);
  CHECK(must(jobs.show(id)).state == JobState::Cancelled);
  CHECK(take(jobs).empty());
  CHECK(must(jobs.retry(id)).state == JobState::Queued);
  const auto none = jobs.cancel(123456);
  REQUIRE_FALSE(none);
  CHECK(none.error().kind == ErrorKind::NotFound);
}

TEST_CASE_TEMPLATE("jobs for later are no burden now and are promoted when due", TestStore,
                   SqliteTestStore, PostgresTestStore) {
  SKIP_WITHOUT(TestStore);
  const TestStore place;
  Store store = place.open();
  Jobs jobs = store.jobs();
  NewJob later = job_of("page", 1);
  later.delay = 1h;
  const JobId id = add(jobs, later);
  CHECK(take(jobs).empty());
  CHECK(must(jobs.promote_due()) == 0);
  const auto due = must(jobs.next_times("w1")).promotion;
  REQUIRE(due);
  CHECK(*due > 59min);
  CHECK(*due <= 1h);
  NewJob soon = job_of("page");
  soon.delay = 1ms;
  (void)add(jobs, soon);
  std::size_t promoted = 0;
  while (promoted == 0) promoted = must(jobs.promote_due());
  CHECK(promoted == 1);
  CHECK(take(jobs, 5).size() == 1);
  CHECK(must(jobs.show(id)).state == JobState::Scheduled);
}

TEST_CASE_TEMPLATE("what a lost worker holds is found by its name", TestStore, SqliteTestStore,
                   PostgresTestStore) {
  SKIP_WITHOUT(TestStore);
  const TestStore place;
  Store store = place.open();
  Jobs jobs = store.jobs();
  (void)must(jobs.enqueue(std::vector<NewJob>(3, job_of("page"))));
  (void)take(jobs, 2, "gone");
  (void)take(jobs, 1, "here");
  CHECK(must(jobs.leases_of("gone")).size() == 2);
  CHECK(must(jobs.leases_of("nobody")).empty());
}

TEST_CASE_TEMPLATE("ended jobs are forgotten in batches once they are old", TestStore,
                   SqliteTestStore, PostgresTestStore) {
  SKIP_WITHOUT(TestStore);
  const TestStore place;
  Store store = place.open();
  Jobs jobs = store.jobs();
  for (int i = 0; i < 5; ++i) (void)must(jobs.cancel(add(jobs, job_of("page"))));
  (void)add(jobs, job_of("page"));
  CHECK(must(jobs.forget_ended(1h)) == 0);
  CHECK(must(jobs.forget_ended(0ms, 3)) == 3);
  CHECK(must(jobs.forget_ended(0ms, 3)) == 2);
  CHECK(must(jobs.list({})).size() == 1);
}

TEST_CASE_TEMPLATE("tidying takes no job and no lease", TestStore, SqliteTestStore,
                   PostgresTestStore) {
  SKIP_WITHOUT(TestStore);
  const TestStore place;
  Store store = place.open();
  Jobs jobs = store.jobs();
  (void)must(jobs.enqueue(std::vector<NewJob>(3, job_of("page"))));
  const auto job = take(jobs, 2);
  CHECK(must(jobs.complete(job[0].lease, {}, Durability::Relaxed)) == Hold::Held);
  (void)must(jobs.tidy());
  CHECK(must(jobs.complete(job[1].lease, {}, Durability::Relaxed)) == Hold::Held);
  CHECK(take(jobs, 2).size() == 1);
}

TEST_CASE_TEMPLATE("jobs are listed by state and kind, page by page, and counted", TestStore,
                   SqliteTestStore, PostgresTestStore) {
  SKIP_WITHOUT(TestStore);
  const TestStore place;
  Store store = place.open();
  Jobs jobs = store.jobs();
  const std::vector<NewJob> batch = {job_of("page"), job_of("finish"), job_of("page"),
                                     job_of("page")};
  (void)must(jobs.enqueue(batch));
  (void)take(jobs);
  CHECK(must(jobs.list({JobState::Queued, "page", 0, 100})).size() == 2);
  CHECK(must(jobs.list({JobState::Running, "", 0, 100})).size() == 1);
  const auto first = must(jobs.list({std::nullopt, "", 0, 3}));
  REQUIRE(first.size() == 3);
  CHECK(must(jobs.list({std::nullopt, "", first.back().id, 3})).size() == 1);
  const auto counts = must(jobs.count());
  REQUIRE(counts.size() == 3);
  CHECK(counts[1].kind == "page");
  CHECK(counts[1].state == JobState::Queued);
  CHECK(counts[1].count == 2);
}

TEST_CASE_TEMPLATE("announced work is heard, and no more than once", TestStore, SqliteTestStore,
                   PostgresTestStore) {
  SKIP_WITHOUT(TestStore);
  const TestStore place;
  Store store = place.open();
  const auto source = must(store.listen(77));
  CHECK_FALSE(must(source->take()));
  Store other = place.open();
  REQUIRE(other.announce());
  pollfd ready{source->fd(), POLLIN, 0};
  REQUIRE(poll(&ready, 1, 10'000) == 1);
  CHECK(must(source->take()));
  CHECK_FALSE(must(source->take()));
}

TEST_CASE("a worker that is frozen in the middle of a write is not waited for") {
  SKIP_WITHOUT(PostgresTestStore);
  const PostgresTestStore place;
  Store store = place.open();
  Jobs jobs = store.jobs();
  (void)add(jobs, job_of("page"));
  const std::vector<ClaimedJob> held = take(jobs, 1, "frozen", 1ms);
  // What the server has of a transaction whose rest does not come.
  PgConnection frozen = must(PgConnection::connect(must(parse_pg_target(place.url()))));
  const std::string lease = fmt::format("{}, {}", held[0].lease.job, held[0].lease.token);
  const auto half = frozen.execute(
      "SET search_path TO civicum; SELECT set_config('application_name', 'civicum worker '||"
      "md5('frozen'), false); BEGIN; SELECT fence(" +
      lease + ")");
  REQUIRE(std::holds_alternative<Done>(half));
  std::vector<LostLease> lost;
  while (lost.empty()) lost = must(jobs.expired_leases());
  CHECK(must(jobs.fail(lost[0].lease, lost[0].budget, failed_by(AttemptEnd::Kill))) == Hold::Held);
  CHECK(std::holds_alternative<PgFailure>(frozen.execute("COMMIT")));
}

TEST_CASE("a job that is claimed while its document is removed leaves no lease") {
  SKIP_WITHOUT(PostgresTestStore);
  const PostgresTestStore place;
  Store store = place.open();
  const auto document = must(store.documents().find_or_add({std::string(64, 'a'), "{}", "a", 1}));
  NewJob job = job_of("page");
  job.document = document.id;
  (void)add(store.jobs(), job);
  // What claim_job does, before it commits.
  PgConnection claim = must(PgConnection::connect(must(parse_pg_target(place.url()))));
  const auto half = claim.execute(
      "SET search_path TO civicum; BEGIN;"
      "INSERT INTO job_leases(job, token, worker, until) SELECT id, 1, 'w1', 0 FROM jobs;"
      "UPDATE jobs SET state='running'");
  REQUIRE(std::holds_alternative<Done>(half));
  auto removed = std::async(std::launch::async,
                            [&] { return bool(place.open().documents().remove(document.id)); });
  REQUIRE(removed.wait_for(200ms) == std::future_status::timeout);
  REQUIRE(std::holds_alternative<Done>(claim.execute("COMMIT")));
  CHECK(removed.get());
  CHECK_FALSE(must(store.jobs().next_times("w2")).lease_end);
}

TEST_CASE("a lease from before the server's clock was set back ends in time") {
  SKIP_WITHOUT(PostgresTestStore);
  const PostgresTestStore place;
  Store store = place.open();
  Jobs jobs = store.jobs();
  (void)add(jobs, job_of("page"));
  (void)take(jobs, 1, "frozen", 24h);
  CHECK(must(jobs.beat("w1", {})).empty());
  CHECK(*must(jobs.next_times("w1")).lease_end <= lease_time);
}

TEST_CASE("a worker's death is seen by its lock, at once, and nobody else's life is doubted") {
  SKIP_WITHOUT(PostgresTestStore);
  const PostgresTestStore place;
  Store store = place.open();
  Jobs jobs = store.jobs();
  const auto me = must(store.listen(1));
  auto first = must(store.listen(2));
  const auto second = must(store.listen(3));
  REQUIRE(jobs.register_worker({"me", 1, "h", 1}));
  REQUIRE(jobs.register_worker({"first", 2, "h", 2}));
  REQUIRE(jobs.register_worker({"second", 3, "h", 3}));
  CHECK(must(jobs.dead_workers("me")).empty());
  first.reset();
  std::vector<std::string> dead;
  while (dead.empty()) dead = must(jobs.dead_workers("me"));
  CHECK(dead == std::vector<std::string>{"first"});
  CHECK(must(jobs.dead_workers("me")) == dead);
  REQUIRE(jobs.remove_dead_worker("first"));
  CHECK(must(jobs.dead_workers("me")).empty());
}

TEST_CASE("a worker that comes back while it is buried stays known") {
  SKIP_WITHOUT(PostgresTestStore);
  const PostgresTestStore place;
  Store store = place.open();
  Jobs jobs = store.jobs();
  REQUIRE(jobs.register_worker({"late", 1, "h", 1}));  // nobody holds its lock
  CHECK(must(jobs.dead_workers("me")) == std::vector<std::string>{"late"});
  auto again = must(store.listen(2));
  REQUIRE(jobs.register_worker({"late", 2, "h", 1}));
  REQUIRE(jobs.remove_dead_worker("late"));
  CHECK(must(jobs.dead_workers("me")).empty());
  again.reset();
  std::vector<std::string> dead;
  while (dead.empty()) dead = must(jobs.dead_workers("me"));
  CHECK(dead == std::vector<std::string>{"late"});
}

TEST_CASE("a batch that is too large is refused whole") {
  const SqliteTestStore place;
  Store store = place.open();
  const auto refused = store.jobs().enqueue(std::vector<NewJob>(enqueue_max + 1, job_of("page")));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::TooLarge);
  CHECK(must(store.jobs().count()).empty());
}

TEST_CASE("an operation that could be prepared in part only is prepared whole the next time") {
  SKIP_WITHOUT(PostgresTestStore);
  const PostgresTestStore place;
  Store store = place.open();
  Jobs jobs = store.jobs();
  PgConnection other = must(PgConnection::connect(must(parse_pg_target(place.url()))));
  REQUIRE(std::holds_alternative<Done>(
      other.execute("ALTER TABLE civicum.job_leases RENAME TO elsewhere")));
  CHECK_FALSE(jobs.beat("w1", {}));  // its second statement needs them
  REQUIRE(std::holds_alternative<Done>(
      other.execute("ALTER TABLE civicum.elsewhere RENAME TO job_leases")));
  CHECK(must(jobs.beat("w1", {})).empty());
}

TEST_CASE("a durable commit is on the disk, whatever was before it and however the server is set") {
  SKIP_WITHOUT(PostgresTestStore);
  const PostgresTestStore place;
  PgConnection other = must(PgConnection::connect(must(parse_pg_target(place.url()))));
  REQUIRE(std::holds_alternative<Done>(
      other.execute("DO $$ BEGIN EXECUTE 'ALTER DATABASE '||current_database()||"
                    "' SET synchronous_commit TO off'; END $$")));
  const auto log_at = [&other](const std::string& which) {
    return std::get<std::int64_t>(
        other.ask_number("SELECT (pg_current_wal_" + which + "_lsn()-'0/0')::bigint", {}));
  };
  Store store = place.open();
  Jobs jobs = store.jobs();
  const auto lost = [&jobs] {
    return must(jobs.complete({1, 1, lease_time}, {{{"begin_document", {std::int64_t{1}}}}, {}},
                              Durability::Relaxed)) == Hold::Lost;
  };
  for (int i = 0; i < 5; ++i) {
    CHECK(must(jobs.beat("w1", {})).empty());  // relaxed
    if (i % 2 == 1) CHECK(lost());
    const std::int64_t before = log_at("insert");
    (void)add(jobs, job_of("page"));
    CHECK(log_at("flush") > before);
  }
}

TEST_CASE("a connection that the server cut is an error once, and then made anew") {
  SKIP_WITHOUT(PostgresTestStore);
  const PostgresTestStore place;
  Store store = place.open();
  Jobs jobs = store.jobs();
  const JobId id = add(jobs, job_of("page"));
  place.cut_connections();
  const auto cut = jobs.show(id);
  REQUIRE_FALSE(cut);
  CHECK(cut.error().kind == ErrorKind::Unavailable);
  CHECK(must(jobs.show(id)).id == id);
}
