// SPDX-License-Identifier: GPL-3.0-or-later
// The queue: what is to be done, who does it, and what became of it. At least once is every job
// worked on; exactly once do its effects happen, because they are written in the transaction that
// ends it and only while its lease holds.
//
//   blocked ──▶ queued ◀──────────── scheduled
//   (needs)       │ claim                ▲ error, crash, kill with a pause
//                 ▼                      │
//              running ──────────────────┴──▶ dead       (a budget is used up)
//                 │ complete                  cancelled
//                 ▼
//              (gone: what it did stands with its document)
//
// A lease is a job, a random token and a time. A worker beats before the time is over; one that is
// late, or whose lease was given to another, finds its writes refused (Hold::Lost) and has to stop.
// Times of leases are the server's in PostgreSQL and the boot's in SQLite. A server's clock that is
// set forward ends leases early, which costs a repeated page; one that is set back ends none late,
// because every beat cuts those that reach further than a lease may. Blocking; milliseconds at
// most.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/database.h"
#include "store/job_fate.h"

namespace civicum {

using JobId = std::int64_t;
using std::chrono::milliseconds;

inline constexpr milliseconds lease_time = std::chrono::seconds(30);
inline constexpr milliseconds lease_time_max = std::chrono::minutes(10);
inline constexpr int beats_per_lease = 4;
inline constexpr std::size_t enqueue_max = 10'000;  ///< jobs of one batch
inline constexpr std::size_t tidy_after = 5'000;    ///< jobs that ended since the last tidy()

enum class JobState : std::uint8_t { Blocked, Scheduled, Queued, Running, Dead, Cancelled };
std::string_view name_of(JobState state);
std::optional<JobState> job_state_of(std::string_view name);

struct NewJob {
  std::string kind;
  std::int64_t priority = 100;  ///< lower runs first
  milliseconds delay{0};
  std::uint32_t errors_max = 5;
  std::string unique_key;  ///< not empty: at most one open job has it
  std::optional<std::int64_t> document;
  std::optional<std::uint32_t> page_index;
  /// Only where its document has not ended and has no job.
  bool is_first = false;
  std::string payload = "{}";  ///< small JSON, valid UTF-8
  /// Jobs of the same batch, by index, that must have ended before this one may run. Those may have
  /// no unique key.
  std::vector<std::size_t> needs;
};

struct EnqueuedJob {
  JobId id = 0;  ///< 0: the job with the same key has ended since, or its document's first has
  bool is_new =
      true;  ///< false: an open job with the same key was there, or another of its document
};

struct Lease {
  JobId job = 0;
  std::int64_t token = 0;
  milliseconds time = lease_time;  ///< from one beat on
};

struct ClaimedJob {
  Lease lease;
  std::int64_t priority = 0;
  std::uint32_t attempt = 1;
  JobBudget budget;
  std::optional<std::int64_t> document;
  std::optional<std::uint32_t> page_index;
  std::string payload;
  std::string memo;  ///< what the attempt before left for this one
};

struct Claim {
  std::string kind;
  std::uint32_t count = 1;
  std::string worker;
  milliseconds lease = lease_time;
  Durability durability = Durability::Relaxed;  ///< a claim that is lost runs again
};

enum class Hold : std::uint8_t { Held, Lost };
/// Asked: somebody wants the job cancelled; the worker ends it as it can.
enum class HoldWish : std::uint8_t { GoOn, Cancel, Lost };

/// Why an attempt did not finish its job.
struct AttemptFailure {
  AttemptEnd end = AttemptEnd::Error;
  std::string reason;  ///< a word: "out_of_memory", "worker_lost" …
  std::string detail;
  std::string memo = {};  ///< for the next attempt
  std::vector<SqlCall> writes_if_dead = {};
};

/// What finishing a job writes beside its end.
struct JobEffects {
  std::vector<SqlCall> writes;
  std::vector<NewJob> follow_ups;
};

/// A lease whose worker is gone or late.
struct LostLease {
  Lease lease;
  std::string worker;
  JobBudget budget;
  std::string memo;
  std::optional<std::int64_t> document;
  std::optional<std::uint32_t> page_index;
};

struct JobRow {
  JobId id = 0;
  std::string kind;
  JobState state = JobState::Queued;
  std::int64_t priority = 0;
  std::int64_t run_at_ms = 0;  ///< of the epoch, as the others
  std::uint32_t needs_left = 0;
  std::uint32_t attempts = 0;
  JobBudget budget;
  bool is_cancelling = false;
  std::string unique_key;
  std::optional<std::int64_t> document;
  std::optional<std::uint32_t> page_index;
  std::string payload;
  std::string memo;
  std::string reason;
  std::string detail;
  std::int64_t created_at_ms = 0;
  std::optional<std::int64_t> started_at_ms;
  std::optional<std::int64_t> ended_at_ms;
  std::string worker;  ///< while it runs
  std::uint32_t pages_done = 0;
  std::uint32_t pages_total = 0;
};

/// A process that works on the store.
struct WorkerRow {
  std::string id;
  std::int64_t live_key = 0;  ///< as given to Store::listen()
  std::string host;
  std::int64_t pid = 0;
};

struct JobFilter {
  std::optional<JobState> state;
  std::string kind;  ///< empty: every
  JobId after = 0;
  std::uint32_t count = 100;
};

struct JobCount {
  std::string kind;
  JobState state = JobState::Queued;
  std::uint64_t count = 0;
};

/// When something will be due, from now; empty: nothing is.
struct NextTimes {
  std::optional<milliseconds> promotion;
  std::optional<milliseconds> lease_end;
  std::uint32_t foreign_leases = 0;  ///< held by other workers
};

class Jobs {
 public:
  explicit Jobs(Database& database) : database_(&database) {}

  /// All or none; durable. One EnqueuedJob for each, in their order. TooLarge over enqueue_max.
  /// After Unavailable they may be there: what must not be there twice has a key. `writes` are of
  /// the same transaction, before the jobs.
  Result<std::vector<EnqueuedJob>> enqueue(std::span<const NewJob> jobs,
                                           std::span<const SqlCall> writes = {});
  /// The next jobs of a kind, leased to the worker.
  Result<std::vector<ClaimedJob>> claim(const Claim& claim);

  /// Prolongs leases; one answer for each, in their order.
  Result<std::vector<HoldWish>> beat(const std::string& worker, std::span<const Lease> leases,
                                     milliseconds lease = lease_time);

  /// The job's end with its effects, as one transaction; what waited only for it is queued. A job
  /// that is cancelled has no follow-ups: Lost, and it is still held, to be given back.
  Result<Hold> complete(const Lease& lease, const JobEffects& effects, Durability durability);
  /// Writes a part of the job's work, says how far it is and prolongs the lease, as one
  /// transaction. Relaxed.
  Result<HoldWish> checkpoint(const Lease& lease, std::vector<SqlCall> writes,
                              std::uint32_t pages_done, std::uint32_t pages_total);
  /// The attempt's end: the job waits for its next one, or is dead, and then
  /// `failure.writes_if_dead` is written with it. Durable.
  Result<Hold> fail(const Lease& lease, const JobBudget& budget, const AttemptFailure& failure);

  /// Those that can be taken back now. One whose worker stands still in the middle of a write is
  /// not among them: that worker's session is ended, and the next time it is.
  Result<std::vector<LostLease>> expired_leases();
  Result<std::vector<LostLease>> leases_of(const std::string& worker);

  /// Makes itself known; again after its row was removed.
  Status register_worker(const WorkerRow& worker);
  Status remove_worker(const std::string& id);
  /// … unless it has come back meanwhile, or still holds a lease.
  Status remove_dead_worker(const std::string& id);
  /// Workers other than `id` whose process, or whose connection, is gone. A server that restarts
  /// frees everybody's lock: trust this only while the own connection has held.
  Result<std::vector<std::string>> dead_workers(const std::string& id);

  /// Queues what is due, at most `count`; answers how many.
  Result<std::size_t> promote_due(std::size_t count = 1000);
  Result<NextTimes> next_times(const std::string& worker);
  /// Forgets dead and cancelled jobs that ended so long ago, at most `count`; answers how many.
  Result<std::size_t> forget_ended(milliseconds age, std::size_t count = 1000);

  /// Gives the room of jobs that are gone to those that come. PostgreSQL's autovacuum looks once a
  /// minute; what thousands of jobs a second leave until then, every claim has to step over.
  Status tidy();

  /// A waiting job ends at once, a running one is asked to; what it is then. NotFound.
  Result<JobRow> cancel(JobId job);
  /// A dead, cancelled or pausing job begins anew with whole budgets. NotFound.
  Result<JobRow> retry(JobId job);
  Result<JobRow> show(JobId job);
  Result<std::vector<JobRow>> list(const JobFilter& filter);
  Result<std::vector<JobCount>> count();

 private:
  Result<std::vector<LostLease>> lost_leases(const SqlCall& call);

  Database* database_;
};

}  // namespace civicum
