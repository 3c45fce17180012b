// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/jobs.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <numeric>
#include <set>
#include <utility>

#include "base/json.h"
#include "os/random.h"

namespace civicum {
namespace {

constexpr std::array state_names = {std::pair(JobState::Blocked, std::string_view("blocked")),
                                    std::pair(JobState::Scheduled, std::string_view("scheduled")),
                                    std::pair(JobState::Queued, std::string_view("queued")),
                                    std::pair(JobState::Running, std::string_view("running")),
                                    std::pair(JobState::Dead, std::string_view("dead")),
                                    std::pair(JobState::Cancelled, std::string_view("cancelled"))};

std::uint32_t u32(const SqlRows& rows, std::size_t row, std::size_t column) {
  return static_cast<std::uint32_t>(rows.integer(row, column));
}

std::optional<std::int64_t> optional_integer(const SqlRows& rows, std::size_t row,
                                             std::size_t column) {
  if (rows.is_null(row, column)) return std::nullopt;
  return rows.integer(row, column);
}

std::optional<std::uint32_t> optional_u32(const SqlRows& rows, std::size_t row,
                                          std::size_t column) {
  if (rows.is_null(row, column)) return std::nullopt;
  return u32(rows, row, column);
}

std::string optional_text(const SqlRows& rows, std::size_t row, std::size_t column) {
  return rows.is_null(row, column) ? std::string() : rows.bytes(row, column);
}

SqlCall call_of(std::string_view operation, std::vector<SqlValue> values) {
  return {operation, std::move(values)};
}

/// The batch as the SQL reads it.
struct EnqueueText {
  std::string jobs;
  std::string needs;
};

void append_job(JsonWriter& json, const NewJob& job, std::size_t place) {
  json.begin_object().member("place", std::uint64_t{place});
  json.member("kind", std::string_view(job.kind));
  json.member("priority", job.priority);
  json.member("delay_ms", static_cast<std::int64_t>(job.delay.count()));
  json.member("needs_left", std::uint64_t{job.needs.size()}).member("errors_max", job.errors_max);
  if (!job.unique_key.empty()) json.member("unique_key", std::string_view(job.unique_key));
  if (job.document) json.member("document", *job.document);
  if (job.page_index) json.member("page_index", *job.page_index);
  if (job.is_first) json.member("is_first", std::uint64_t{1});
  json.member("payload", std::string_view(job.payload)).end_object();
}

EnqueueText enqueue_text(std::span<const NewJob> jobs) {
  EnqueueText text;
  JsonWriter json(text.jobs);
  JsonWriter needs(text.needs);
  json.begin_array();
  needs.begin_array();
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    append_job(json, jobs[i], i);
    for (const std::size_t need : jobs[i].needs) {
      needs.begin_object().member("needs", std::uint64_t{need});
      needs.member("job", std::uint64_t{i}).end_object();
    }
  }
  json.end_array();
  needs.end_array();
  return text;
}

template <typename T>
SqlValue value_or_null(const std::optional<T>& value) {
  if (value) return static_cast<std::int64_t>(*value);
  return std::monostate();
}

/// Both borrowed for the call.
SqlCall enqueue_call(std::span<const NewJob> jobs, const EnqueueText& text) {
  if (jobs.size() != 1) return call_of("enqueue", {text.jobs, text.needs});
  const NewJob& job = jobs.front();
  const SqlValue key = job.unique_key.empty() ? SqlValue() : SqlValue(job.unique_key);
  return call_of("enqueue_job",
                 {job.kind, job.priority, std::int64_t{job.delay.count()},
                  std::int64_t{job.errors_max}, key, value_or_null(job.document),
                  value_or_null(job.page_index), job.payload, std::int64_t{job.is_first}});
}

/// `rows`: a place in the batch and its id, or null; an id that is known stays.
void put_ids(std::vector<EnqueuedJob>& jobs, const SqlRows& rows) {
  for (std::size_t row = 0; row < rows.size(); ++row) {
    EnqueuedJob& job = jobs[static_cast<std::size_t>(rows.integer(row, 0))];
    if (job.id == 0) job.id = optional_integer(rows, row, 1).value_or(0);
  }
}

/// Every need is another job of the batch, and one that is sure to be there.
bool has_sound_needs(std::span<const NewJob> jobs) {
  return std::all_of(jobs.begin(), jobs.end(), [jobs](const NewJob& job) {
    return std::all_of(job.needs.begin(), job.needs.end(), [&](std::size_t need) {
      return need < jobs.size() && &jobs[need] != &job && jobs[need].unique_key.empty();
    });
  });
}

JobRow row_of(const SqlRows& rows, std::size_t row) {
  JobRow job;
  job.id = rows.integer(row, 0);
  job.kind = rows.bytes(row, 1);
  job.state = job_state_of(rows.bytes(row, 2)).value_or(JobState::Dead);
  job.priority = rows.integer(row, 3);
  job.run_at_ms = rows.integer(row, 4);
  job.needs_left = u32(rows, row, 5);
  job.attempts = u32(rows, row, 6);
  job.budget = {u32(rows, row, 7), u32(rows, row, 8), u32(rows, row, 9), u32(rows, row, 10)};
  job.is_cancelling = rows.integer(row, 11) != 0;
  job.unique_key = optional_text(rows, row, 12);
  job.document = optional_integer(rows, row, 13);
  job.page_index = optional_u32(rows, row, 14);
  job.payload = rows.bytes(row, 15);
  job.memo = rows.bytes(row, 16);
  job.reason = rows.bytes(row, 17);
  job.detail = rows.bytes(row, 18);
  job.created_at_ms = rows.integer(row, 19);
  job.started_at_ms = optional_integer(rows, row, 20);
  job.ended_at_ms = optional_integer(rows, row, 21);
  job.worker = optional_text(rows, row, 22);
  job.pages_done = optional_u32(rows, row, 23).value_or(0);
  job.pages_total = optional_u32(rows, row, 24).value_or(0);
  return job;
}

HoldWish wish_of(bool is_cancelling) { return is_cancelling ? HoldWish::Cancel : HoldWish::GoOn; }

}  // namespace

std::string_view name_of(JobState state) {
  return std::find_if(state_names.begin(), state_names.end(),
                      [state](const auto& entry) { return entry.first == state; })
      ->second;
}

std::optional<JobState> job_state_of(std::string_view name) {
  const auto* found = std::find_if(state_names.begin(), state_names.end(),
                                   [name](const auto& entry) { return entry.second == name; });
  if (found == state_names.end()) return std::nullopt;
  return found->first;
}

Result<std::vector<EnqueuedJob>> Jobs::enqueue(std::span<const NewJob> jobs,
                                               std::span<const SqlCall> writes) {
  if (jobs.empty()) return std::vector<EnqueuedJob>();
  if (jobs.size() > enqueue_max) {
    return Error{ErrorKind::TooLarge, std::to_string(jobs.size()) + " jobs at once; at most " +
                                          std::to_string(enqueue_max)};
  }
  ENSURE(has_sound_needs(jobs));
  const EnqueueText text = enqueue_text(jobs);
  std::vector<SqlCall> calls(writes.begin(), writes.end());
  calls.push_back(enqueue_call(jobs, text));
  const bool has_keys = std::any_of(jobs.begin(), jobs.end(),
                                    [](const NewJob& job) { return !job.unique_key.empty(); });
  if (has_keys) calls.push_back(call_of("open_jobs", {text.jobs}));
  const std::vector<SqlRows> answers = TRY(database_->run(calls, Durability::Durable));
  std::vector<EnqueuedJob> enqueued(jobs.size());
  put_ids(enqueued, answers[writes.size()]);
  for (EnqueuedJob& job : enqueued) job.is_new = job.id != 0;
  if (has_keys) put_ids(enqueued, answers.back());
  return enqueued;
}

Result<std::vector<ClaimedJob>> Jobs::claim(const Claim& claim) {
  const std::int64_t token = random_token();
  const std::int64_t lease_ms = claim.lease.count();
  const SqlRows rows = TRY(
      claim.count == 1
          ? database_->run("claim_job", {claim.kind, claim.worker, token, lease_ms},
                           claim.durability)
          : database_->run("claim_jobs",
                           {claim.kind, std::int64_t{claim.count}, claim.worker, token, lease_ms},
                           claim.durability));
  // The answer has no order: the backends update in the order that suits them.
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&rows](std::size_t a, std::size_t b) {
    return std::pair(rows.integer(a, 10), rows.integer(a, 0)) <
           std::pair(rows.integer(b, 10), rows.integer(b, 0));
  });
  std::vector<ClaimedJob> jobs;
  jobs.reserve(rows.size());
  for (const std::size_t row : order) {
    ClaimedJob job;
    job.lease = {rows.integer(row, 0), token, claim.lease};
    job.attempt = u32(rows, row, 1);
    job.budget = {u32(rows, row, 2), u32(rows, row, 3), u32(rows, row, 4), u32(rows, row, 5)};
    job.document = optional_integer(rows, row, 6);
    job.page_index = optional_u32(rows, row, 7);
    job.payload = rows.bytes(row, 8);
    job.memo = rows.bytes(row, 9);
    job.priority = rows.integer(row, 10);
    jobs.push_back(std::move(job));
  }
  return jobs;
}

Result<std::vector<HoldWish>> Jobs::beat(const std::string& worker, std::span<const Lease> leases,
                                         milliseconds lease) {
  std::string text;
  JsonWriter json(text);
  json.begin_array();
  for (const Lease& held : leases) {
    json.begin_object().member("job", held.job).member("token", held.token).end_object();
  }
  json.end_array();
  const SqlRows rows = TRY(database_->run(
      "beat", {worker, text, std::int64_t{lease.count()}, std::int64_t{lease_time_max.count()}},
      Durability::Relaxed));
  std::vector<HoldWish> wishes(leases.size(), HoldWish::Lost);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const auto at = std::find_if(leases.begin(), leases.end(), [&](const Lease& held) {
      return held.job == rows.integer(row, 0);
    });
    wishes[static_cast<std::size_t>(at - leases.begin())] = wish_of(rows.integer(row, 1) != 0);
  }
  return wishes;
}

Result<Hold> Jobs::complete(const Lease& lease, const JobEffects& effects, Durability durability) {
  ENSURE(has_sound_needs(effects.follow_ups));
  const EnqueueText follow_ups = enqueue_text(effects.follow_ups);
  std::vector<SqlCall> calls;
  // The end alone is fenced by itself.
  const bool has_effects = !effects.writes.empty() || !effects.follow_ups.empty();
  if (has_effects) calls.push_back(call_of("fence", {lease.job, lease.token}));
  if (!effects.follow_ups.empty()) calls.push_back(call_of("is_wished_for", {lease.job}));
  calls.insert(calls.end(), effects.writes.begin(), effects.writes.end());
  if (!effects.follow_ups.empty()) calls.push_back(enqueue_call(effects.follow_ups, follow_ups));
  calls.push_back(call_of("end_job", {lease.job, lease.token}));
  const std::vector<SqlRows> answers = TRY(database_->run(calls, durability));
  return answers.empty() ? Hold::Lost : Hold::Held;
}

Result<HoldWish> Jobs::checkpoint(const Lease& lease, std::vector<SqlCall> writes,
                                  std::uint32_t pages_done, std::uint32_t pages_total) {
  std::vector<SqlCall> calls = {
      call_of("fence", {lease.job, lease.token}),
      call_of("renew_lease", {lease.job, lease.token, std::int64_t{lease.time.count()},
                              std::int64_t{pages_done}, std::int64_t{pages_total}})};
  std::ranges::move(writes, std::back_inserter(calls));
  const std::vector<SqlRows> answers = TRY(database_->run(calls, Durability::Relaxed));
  return answers.empty() ? HoldWish::Lost : wish_of(answers[1].integer(0, 0) != 0);
}

Result<Hold> Jobs::fail(const Lease& lease, const JobBudget& budget,
                        const AttemptFailure& failure) {
  const JobFate fate = fate_after(budget, failure.end, random_fraction());
  const JobState waiting = fate.pause.count() > 0 ? JobState::Scheduled : JobState::Queued;
  const JobState state = fate.is_dead ? JobState::Dead : waiting;
  std::vector<SqlCall> calls = {
      call_of("fence", {lease.job, lease.token}),
      call_of("settle_job",
              {lease.job, name_of(state), std::int64_t{fate.pause.count()},
               std::int64_t{fate.budget.errors}, std::int64_t{fate.budget.crashes},
               std::int64_t{fate.budget.kills}, failure.memo, failure.reason, failure.detail}),
      call_of("free_dependants", {lease.job}), call_of("end_if_cancelled", {lease.job})};
  if (fate.is_dead) {
    calls.insert(calls.end(), failure.writes_if_dead.begin(), failure.writes_if_dead.end());
  }
  const std::vector<SqlRows> answers = TRY(database_->run(calls, Durability::Durable));
  return answers.empty() ? Hold::Lost : Hold::Held;
}

Result<std::vector<LostLease>> Jobs::lost_leases(const SqlCall& call) {
  const std::vector<SqlRows> answers =
      TRY(database_->run(std::span(&call, 1), Durability::Relaxed));
  const SqlRows& rows = answers.front();
  std::vector<LostLease> leases;
  std::set<std::string> holders;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (rows.integer(row, 10) != 0) {
      holders.insert(rows.bytes(row, 2));
      continue;
    }
    leases.push_back({{rows.integer(row, 0), rows.integer(row, 1)},
                      rows.bytes(row, 2),
                      {u32(rows, row, 3), u32(rows, row, 4), u32(rows, row, 5), u32(rows, row, 6)},
                      rows.bytes(row, 7),
                      optional_integer(rows, row, 8),
                      optional_u32(rows, row, 9)});
  }
  for (const std::string& worker : holders) {
    (void)TRY(database_->run("end_session", {worker}, Durability::Relaxed));
  }
  return leases;
}

Result<std::vector<LostLease>> Jobs::expired_leases() {
  return lost_leases(call_of("expired_leases", {}));
}

Result<std::vector<LostLease>> Jobs::leases_of(const std::string& worker) {
  return lost_leases(call_of("leases_of_worker", {worker}));
}

Status Jobs::register_worker(const WorkerRow& worker) {
  (void)TRY(database_->run("register_worker", {worker.id, worker.live_key, worker.host, worker.pid},
                           Durability::Relaxed));
  return Done{};
}

Status Jobs::remove_worker(const std::string& id) {
  (void)TRY(database_->run("remove_worker", {id}, Durability::Relaxed));
  return Done{};
}

Status Jobs::remove_dead_worker(const std::string& id) {
  (void)TRY(database_->run("remove_dead_worker", {id}, Durability::Relaxed));
  return Done{};
}

Result<std::vector<std::string>> Jobs::dead_workers(const std::string& id) {
  const SqlRows rows = TRY(database_->run("dead_workers", {id}, Durability::Relaxed));
  std::vector<std::string> workers;
  for (std::size_t row = 0; row < rows.size(); ++row) workers.push_back(rows.bytes(row, 0));
  return workers;
}

Result<std::size_t> Jobs::promote_due(std::size_t count) {
  const SqlRows rows =
      TRY(database_->run("promote_due", {static_cast<std::int64_t>(count)}, Durability::Relaxed));
  return rows.size();
}

Result<NextTimes> Jobs::next_times(const std::string& worker) {
  const SqlRows rows = TRY(database_->run("next_times", {worker}, Durability::Relaxed));
  const auto until = [&rows](std::size_t column) -> std::optional<milliseconds> {
    const std::optional<std::int64_t> ms = optional_integer(rows, 0, column);
    if (!ms) return std::nullopt;
    return milliseconds(std::max<std::int64_t>(0, *ms));
  };
  return NextTimes{until(0), until(1), u32(rows, 0, 2)};
}

Result<std::size_t> Jobs::forget_ended(milliseconds age, std::size_t count) {
  const SqlRows rows = TRY(
      database_->run("forget_ended", {std::int64_t{age.count()}, static_cast<std::int64_t>(count)},
                     Durability::Relaxed));
  return rows.size();
}

Status Jobs::tidy() { return database_->tidy(); }

Result<JobRow> Jobs::cancel(JobId job) {
  const std::array calls = {call_of("cancel_job", {job}), call_of("free_dependants", {job}),
                            call_of("end_if_cancelled", {job})};
  (void)TRY(database_->run(calls, Durability::Durable));
  return show(job);
}

Result<JobRow> Jobs::retry(JobId job) {
  (void)TRY(database_->run("retry_job", {job}, Durability::Durable));
  return show(job);
}

Result<JobRow> Jobs::show(JobId job) {
  const SqlRows rows = TRY(database_->run("show_job", {job}, Durability::Relaxed));
  if (rows.empty()) {
    return Error{ErrorKind::NotFound,
                 "no job " + std::to_string(job) + " (jobs that are done leave the queue)"};
  }
  return row_of(rows, 0);
}

Result<std::vector<JobRow>> Jobs::list(const JobFilter& filter) {
  const std::string_view state = filter.state ? name_of(*filter.state) : std::string_view();
  const SqlRows rows = TRY(
      database_->run("list_jobs", {state, filter.kind, filter.after, std::int64_t{filter.count}},
                     Durability::Relaxed));
  std::vector<JobRow> jobs;
  for (std::size_t row = 0; row < rows.size(); ++row) jobs.push_back(row_of(rows, row));
  return jobs;
}

Result<std::vector<JobCount>> Jobs::count() {
  const SqlRows rows = TRY(database_->run("count_jobs", {}, Durability::Relaxed));
  std::vector<JobCount> counts;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    counts.push_back({rows.bytes(row, 0), job_state_of(rows.bytes(row, 1)).value_or(JobState::Dead),
                      static_cast<std::uint64_t>(rows.integer(row, 2))});
  }
  return counts;
}

}  // namespace civicum
