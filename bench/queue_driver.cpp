// SPDX-License-Identifier: GPL-3.0-or-later
// What bench/queue runs of ours, and the bare things it is measured against: one mode a run, which
// answers with one line of JSON on stdout. Times are CLOCK_MONOTONIC, one clock for all processes.
//
//   fsync FOLDER COUNT            8 KiB written and fdatasync()ed, one after another
//   redis SOCKET COUNT            LMOVE of one entry after another
//   claim STORE COUNT HOW         claims of one job after another, "durable" or "relaxed"
//   update STORE COUNT            one row of one table, by the database alone: no write is below it
//   least STORE COUNT             claims from a table of two columns, by PostgreSQL alone: no claim
//                                 with SKIP LOCKED is below it
//   process STORE COUNT THREADS   claim and complete one after another, every commit durable
//   produce STORE COUNT           a job that carries the time each 20 to 50 ms
//   work STORE COUNT              "ready", then waits for that many of them
//   fill STORE COUNT              jobs for `nap`
//   nap STORE NAP_MS              "ready"; after a line on stdin works until no job is left: claim
//                                 and complete as a worker does, and asleep in between
//   churn STORE COUNT WHO         jobs enqueued in batches and worked off in claims of 50; WHO
//                                 tidies: "worker", as jobs.h asks, or "server", by its
//                                 autovacuum alone
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <barrier>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "driver.h"
#include "os/random.h"
#include "store/postgres/pg_connection.h"
#include "store/postgres/pg_target.h"
#include "store/sqlite/sqlite_db.h"
#include "store/store.h"

using namespace civicum;
using driver::give_up;
using driver::Mode;
using driver::must;
using driver::number_of;

namespace {

constexpr std::size_t enqueue_batch = 1000;
constexpr std::uint32_t churn_claim = 50;
constexpr std::size_t warm_up_count = 500;
constexpr std::size_t fsync_bytes = 8192;

using Nanoseconds = std::int64_t;

Nanoseconds now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

void must_work(bool worked, const char* what) {
  if (!worked) give_up(std::string(what) + ": " + std::strerror(errno));
}

void answer_latencies(std::vector<Nanoseconds> all) {
  std::sort(all.begin(), all.end());
  const auto at = [&all](std::size_t percent) { return all[(all.size() - 1) * percent / 100]; };
  fmt::print("{{\"p50_ns\": {}, \"p99_ns\": {}, \"count\": {}}}\n", at(50), at(99), all.size());
}

/// How long each of `count` runs of `step` takes, after some that do not count.
void measure(std::size_t count, const std::function<void()>& step) {
  for (std::size_t i = 0; i < warm_up_count; ++i) step();
  std::vector<Nanoseconds> all;
  all.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Nanoseconds begin = now_ns();
    step();
    all.push_back(now_ns() - begin);
  }
  answer_latencies(std::move(all));
}

Store open_store(const std::string& where) { return must(Store::open(where, "")); }

NewJob job_of(std::string kind, std::string payload) {
  NewJob job;
  job.kind = std::move(kind);
  job.payload = std::move(payload);
  return job;
}

void fill(Jobs jobs, const std::string& kind, std::size_t count) {
  for (std::size_t done = 0; done < count; done += enqueue_batch) {
    const std::size_t size = std::min(enqueue_batch, count - done);
    (void)must(jobs.enqueue(std::vector<NewJob>(size, job_of(kind, R"({"page": 1})"))));
  }
}

void run_fsync(const std::vector<std::string>& words) {
  const std::string path = words[0] + "/fsync";
  const int file = open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  must_work(file >= 0, path.c_str());
  const std::string bytes(fsync_bytes, 'x');
  measure(number_of(words[1]), [&] {
    must_work(write(file, bytes.data(), bytes.size()) == fsync_bytes, "write");
    must_work(fdatasync(file) == 0, "fdatasync");
  });
  close(file);
}

/// The least of Redis' protocol (redis.io, "RESP"): commands of words, answers of few lines.
class Redis {
 public:
  explicit Redis(const std::string& path)
      : socket_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) give_up("too long: " + path);
    path.copy(address.sun_path, path.size());
    // NOLINTNEXTLINE(*-reinterpret-cast): the socket API's
    must_work(connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0,
              "redis");
  }
  Redis(const Redis&) = delete;
  Redis& operator=(const Redis&) = delete;
  ~Redis() { close(socket_); }

  static std::string command(const std::vector<std::string>& words) {
    std::string text = fmt::format("*{}\r\n", words.size());
    for (const std::string& word : words) text += fmt::format("${}\r\n{}\r\n", word.size(), word);
    return text;
  }

  /// The answer's first line; `line_count` are read.
  std::string ask(const std::string& sent, int line_count) {
    for (std::size_t at = 0; at < sent.size();) {
      const ssize_t count = write(socket_, sent.data() + at, sent.size() - at);
      must_work(count > 0, "write to redis");
      at += static_cast<std::size_t>(count);
    }
    std::string answer;
    while (std::count(answer.begin(), answer.end(), '\n') < line_count) {
      std::array<char, 512> some{};
      const ssize_t count = read(socket_, some.data(), some.size());
      must_work(count > 0, "read of redis");
      answer.append(some.data(), static_cast<std::size_t>(count));
    }
    return answer.substr(0, answer.find('\r'));
  }

 private:
  int socket_;
};

void run_redis(const std::vector<std::string>& words) {
  Redis redis(words[0]);
  const std::size_t count = number_of(words[1]);
  (void)redis.ask(Redis::command({"FLUSHALL"}), 1);
  for (std::size_t done = 0; done < count + warm_up_count; done += enqueue_batch) {
    std::vector<std::string> push(enqueue_batch + 2, R"({"page": 1})");
    push[0] = "LPUSH";
    push[1] = "waiting";
    (void)redis.ask(Redis::command(push), 1);
  }
  const std::string move = Redis::command({"LMOVE", "waiting", "running", "RIGHT", "LEFT"});
  measure(count, [&] {
    if (redis.ask(move, 2) != "$11") give_up("redis had no entry");
  });
}

void run_claim(const std::vector<std::string>& words) {
  Store store = open_store(words[0]);
  Jobs jobs = store.jobs();
  const std::size_t count = number_of(words[1]);
  fill(jobs, "page", count + warm_up_count);
  const Claim claim{"page", 1, "bench", lease_time,
                    words[2] == "durable" ? Durability::Durable : Durability::Relaxed};
  measure(count, [&] {
    if (must(jobs.claim(claim)).size() != 1) give_up("no job to claim");
  });
}

/// PostgreSQL alone: no queue and no client of ours.
void measure_statement(const std::vector<std::string>& words, const std::string& tables,
                       const std::string& statement) {
  PgConnection connection = must(PgConnection::connect(must(parse_pg_target(words[0]))));
  const auto made = connection.execute(tables);
  if (!std::holds_alternative<Done>(made)) give_up(std::get<PgFailure>(made).error.what);
  const auto prepared = connection.prepare("it", statement);
  if (!std::holds_alternative<Done>(prepared)) give_up(std::get<PgFailure>(prepared).error.what);
  const PgSend it{"it", {}};
  measure(number_of(words[1]), [&] {
    if (connection.run(std::span(&it, 1)).index() != 0) give_up("a statement failed");
  });
}

void measure_sqlite_update(const std::string& path, std::size_t count) {
  SqliteDb db = must(SqliteDb::open(path));
  // The log has its size before, as it has under a queue's: a file that grows costs more.
  must(
      db.execute("PRAGMA synchronous=FULL; CREATE TABLE filler AS SELECT zeroblob(8000000);"
                 "PRAGMA wal_checkpoint(RESTART);"
                 "CREATE TABLE one(x INTEGER); INSERT INTO one VALUES(0)"));
  SqliteStatement update = must(db.prepare("UPDATE one SET x=x+1"));
  measure(count, [&update] {
    must(update.step());
    update.reset();
  });
}

void run_update(const std::vector<std::string>& words) {
  constexpr std::string_view sqlite = "sqlite:";
  if (words[0].starts_with(sqlite)) {
    measure_sqlite_update(words[0].substr(sqlite.size()), number_of(words[1]));
    return;
  }
  measure_statement(words, "CREATE TABLE one(x BIGINT); INSERT INTO one VALUES(0)",
                    "UPDATE one SET x=x+1");
}

void run_least(const std::vector<std::string>& words) {
  const std::string count = std::to_string(number_of(words[1]) + warm_up_count);
  measure_statement(
      words,
      "SET plan_cache_mode TO force_generic_plan; SET enable_seqscan TO off;"
      "CREATE TABLE jobs(id BIGINT PRIMARY KEY, is_taken BOOLEAN NOT NULL);"
      "CREATE INDEX ON jobs(id) WHERE NOT is_taken;"
      "INSERT INTO jobs SELECT i, false FROM generate_series(1, " +
          count + ") i",
      "UPDATE jobs SET is_taken=true WHERE id=(SELECT id FROM jobs WHERE NOT is_taken "
      "ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id");
}

/// Until none of the kind is left; answers how many there were.
std::size_t work_off(Jobs jobs, const Claim& claim, Durability durability) {
  std::size_t count = 0;
  while (true) {
    const std::vector<ClaimedJob> claimed = must(jobs.claim(claim));
    if (claimed.empty()) return count;
    count += claimed.size();
    for (const ClaimedJob& job : claimed) {
      if (must(jobs.complete(job.lease, {}, durability)) != Hold::Held) give_up("a lease was lost");
    }
  }
}

void run_process(const std::vector<std::string>& words) {
  const std::size_t count = number_of(words[1]);
  const std::size_t thread_count = number_of(words[2]);
  Store store = open_store(words[0]);
  fill(store.jobs(), "warm", warm_up_count);
  fill(store.jobs(), "page", count);
  std::barrier<> start(static_cast<std::ptrdiff_t>(thread_count) + 1);
  std::vector<std::size_t> done(thread_count);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < thread_count; ++i) {
    threads.emplace_back([&, i] {
      Store own = open_store(words[0]);
      Claim claim{"warm", 1, fmt::format("bench {}", i), lease_time, Durability::Durable};
      (void)work_off(own.jobs(), claim, Durability::Durable);
      claim.kind = "page";
      start.arrive_and_wait();
      done[i] = work_off(own.jobs(), claim, Durability::Durable);
    });
  }
  start.arrive_and_wait();
  const Nanoseconds begin = now_ns();
  for (std::thread& thread : threads) thread.join();
  const double seconds = static_cast<double>(now_ns() - begin) / 1e9;
  std::size_t total = 0;
  for (const std::size_t some : done) total += some;
  if (total != count) give_up(fmt::format("{} of {} jobs were done", total, count));
  fmt::print("{{\"seconds\": {:.6f}, \"count\": {}}}\n", seconds, count);
}

void run_produce(const std::vector<std::string>& words) {
  Store store = open_store(words[0]);
  Jobs jobs = store.jobs();
  for (std::size_t i = 0; i < number_of(words[1]); ++i) {
    const auto pause = static_cast<std::int64_t>(20'000 + 30'000 * random_fraction());
    std::this_thread::sleep_for(std::chrono::microseconds(pause));
    const NewJob job = job_of("idle", std::to_string(now_ns()));
    (void)must(jobs.enqueue(std::span(&job, 1)));
  }
}

void wait_for_work(WakeSource& wake) {
  do {
    pollfd readable{wake.fd(), POLLIN, 0};
    must_work(poll(&readable, 1, -1) == 1, "poll");
  } while (!must(wake.take()));
}

void run_work(const std::vector<std::string>& words) {
  Store store = open_store(words[0]);
  Jobs jobs = store.jobs();
  const std::unique_ptr<WakeSource> wake = must(store.listen(random_token()));
  const Claim claim{"idle", 1, "bench"};
  std::vector<Nanoseconds> all;
  fmt::print("ready\n");
  std::fflush(stdout);
  while (all.size() < number_of(words[1])) {
    const std::vector<ClaimedJob> claimed = must(jobs.claim(claim));
    if (claimed.empty()) {
      wait_for_work(*wake);
      continue;
    }
    all.push_back(now_ns() - number_of<Nanoseconds>(claimed[0].payload));
    (void)must(jobs.complete(claimed[0].lease, {}, Durability::Durable));
  }
  answer_latencies(std::move(all));
}

void run_fill(const std::vector<std::string>& words) {
  Store store = open_store(words[0]);
  fill(store.jobs(), "nap", number_of(words[1]));
  fmt::print("{{\"count\": {}}}\n", words[1]);
}

void run_nap(const std::vector<std::string>& words) {
  Store store = open_store(words[0]);
  Jobs jobs = store.jobs();
  const std::chrono::milliseconds nap(number_of(words[1]));
  Claim claim{"none", 1, fmt::format("bench {}", getpid())};
  (void)must(jobs.claim(claim));  // everything is there when it begins
  fmt::print("ready\n");
  std::fflush(stdout);
  (void)std::getchar();
  claim.kind = "nap";
  std::size_t count = 0;
  const Nanoseconds begin = now_ns();
  while (true) {
    const std::vector<ClaimedJob> claimed = must(jobs.claim(claim));
    if (claimed.empty()) break;
    std::this_thread::sleep_for(nap);
    const Hold hold = must(jobs.complete(claimed[0].lease, {}, Durability::Relaxed));
    if (hold != Hold::Held) give_up("a lease was lost");
    ++count;
  }
  fmt::print("{{\"count\": {}, \"begin_ns\": {}, \"end_ns\": {}}}\n", count, begin, now_ns());
}

void run_churn(const std::vector<std::string>& words) {
  Store store = open_store(words[0]);
  Jobs jobs = store.jobs();
  const std::size_t count = number_of(words[1]);
  const Claim claim{"page", churn_claim, "bench"};
  const Nanoseconds begin = now_ns();
  const bool is_tidied = words[2] == "worker";
  std::size_t untidy = 0;
  for (std::size_t done = 0; done < count;) {
    fill(jobs, "page", std::min(enqueue_batch, count - done));
    const std::size_t ended = work_off(jobs, claim, Durability::Relaxed);
    done += ended;
    untidy += ended;
    if (!is_tidied || untidy < tidy_after) continue;
    (void)must(jobs.tidy());
    untidy = 0;
  }
  fmt::print("{{\"seconds\": {:.3f}, \"count\": {}}}\n",
             static_cast<double>(now_ns() - begin) / 1e9, count);
}

constexpr std::array modes = {Mode{"fsync", "FOLDER COUNT", 2, run_fsync},
                              Mode{"redis", "SOCKET COUNT", 2, run_redis},
                              Mode{"claim", "STORE COUNT HOW", 3, run_claim},
                              Mode{"update", "STORE COUNT", 2, run_update},
                              Mode{"least", "STORE COUNT", 2, run_least},
                              Mode{"process", "STORE COUNT THREADS", 3, run_process},
                              Mode{"produce", "STORE COUNT", 2, run_produce},
                              Mode{"work", "STORE COUNT", 2, run_work},
                              Mode{"fill", "STORE COUNT", 2, run_fill},
                              Mode{"nap", "STORE NAP_MS", 2, run_nap},
                              Mode{"churn", "STORE COUNT WHO", 3, run_churn}};

}  // namespace

int main(int argc, char** argv) { return driver::run_mode(modes, argc, argv); }
