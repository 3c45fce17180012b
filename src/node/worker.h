// SPDX-License-Identifier: GPL-3.0-or-later
// Works on a store: claims the jobs that documents are made of (document_jobs.h), has the desk
// read, and writes what came of it under the job's lease. Any number of workers share one
// PostgreSQL store; a SQLite store has one worker, which owns its folder. One thread, driven by the
// loop.
//
// Invariant: nothing is written but under a lease that holds; a lease that is lost drops its work.
// A worker outlives its database: it lets go of everything, comes back with a growing pause, and
// begins with what it held. Its readers know one language at a time; while others wait, each has
// its stint.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "node/document_jobs.h"
#include "node/reading_desk.h"
#include "node/status_socket.h"
#include "store/store.h"

namespace civicum {

struct WorkerOptions {
  enum class End : std::uint8_t { Never, WhenIdle };

  DeskOptions desk;
  std::string lang;                 ///< empty: documents of every language, one after the other
  milliseconds lease = lease_time;  ///< others take over from one that is silent for so long
  End end = End::Never;
};

class WorkerObserver {
 public:
  virtual ~WorkerObserver() = default;
  virtual void on_document_ended(const DocumentRow& document) = 0;
  virtual void on_gap(const std::string& file, std::uint32_t page_number, const Gap& gap) = 0;
  /// What is unusual and goes on by itself: a lost lease, a database that is gone.
  virtual void on_event(const std::string& sentence) = 0;
};

class Worker {
 public:
  Worker(Loop& loop, Store& store, Blobs& blobs, WorkerOptions options, WorkerObserver& observer);

  /// `on_finished` is called once: at the end that was chosen, after stop(), or with an Error where
  /// it could not go on.
  void start(std::function<void(Status)> on_finished);
  /// Gives back what it holds and ends.
  void stop();

 private:
  /// A run of pages under its lease.
  struct Run {
    ClaimedJob job;
    PageRun pages;
    std::uint32_t left = 0;
  };
  /// A document at work here, or lately: its original stays open for its next run.
  struct Document : DeskTask {
    DocumentRow row;
    Fd original;
    std::optional<ClaimedJob> open_job;
    std::vector<Run> runs;
    bool is_idle() const { return !open_job && runs.empty(); }
  };

  /// What is left to do.
  struct Remainder {
    bool is_any_ours = false;
    std::string unreadable;  ///< a language of the others, if any waits for one that is missing
  };

  // The rhythm (worker.cpp).
  milliseconds beat_interval() const { return options_.lease / beats_per_lease; }
  void turn();
  void work_on();
  Status come_in();
  Status remove_doomed_originals();
  Status finish_scrub();
  Status show_status();
  Status listen();
  void watch();
  void hear();
  void stop_listening();
  Status keep_house();
  Status take_jobs();
  Status claim_jobs();
  Result<bool> claim_one();
  Status change_language();
  Result<std::optional<std::string>> next_language();
  void on_broken(const Error& error);
  void give_up(const Error& error);
  Result<Remainder> what_remains();
  Status begin(const std::string& kind, const ClaimedJob& job);
  Status begin_reading(const ClaimedJob& job);
  Status beat();
  Status reap();
  Status bury_dead();
  Status revive_stranded();
  Status settle_lost(const std::vector<LostLease>& leases, const AttemptFailure& failure);
  Result<milliseconds> pause_until_next();
  void arm(milliseconds pause);
  bool has_room() const;
  bool is_idle() const;
  std::vector<Lease> held() const;
  std::vector<Document*> holders_of(const std::set<JobId>& jobs) const;

  /// One line of JSON for `status.sock` (worker_status.cpp).
  std::string status_line() const;

  // What jobs do (worker_jobs.cpp).
  Status begin_open(const ClaimedJob& job, const ReadingWork& work);
  Status begin_run(const ClaimedJob& job, const ReadingWork& work);
  Status finish_document(const ClaimedJob& job);
  Status finish_later(const ClaimedJob& job);
  Document* find_at_work(DocumentId id);
  Result<Document*> document_of(const ClaimedJob& job);
  void keep_idle(std::size_t count);
  DeskEvents desk_events();
  Status after_opened(Document& document, const protocol::Opened& opened);
  static bool is_damaged(const Document& document);
  Status after_open_failure(Document& document, OpenError reason, const std::string& detail);
  Status after_page(Document& document, std::uint32_t page_index, const StoredPage& page);
  void drop(Document& document);
  Status release(Document& document, const std::string& reason);
  Status let_go();
  Status fail(const ClaimedJob& job, const Error& error);

  void act(const Status& status);
  void on_trouble(const Error& error);
  void end(Status status);

  Loop& loop_;
  Store& store_;
  Blobs& blobs_;
  Jobs jobs_;
  Documents documents_;
  WorkerOptions options_;
  const std::string host_;
  const std::string id_;  ///< unlike any other worker's, past or present
  WorkerObserver& observer_;
  ReadingDesk desk_;
  boost::asio::steady_timer timer_;
  std::function<void(Status)> on_finished_;
  std::map<std::uint64_t, std::unique_ptr<Document>> at_work_;  ///< by their place on the desk
  std::uint64_t next_place_ = 1;
  std::string lang_;                  ///< of the readers
  std::set<std::string> unreadable_;  ///< languages whose readers do not start
  std::chrono::steady_clock::time_point stint_end_;
  bool is_stint_over_ = false;        ///< another language waits: only what is in hand is ended
  std::unique_ptr<WakeSource> wake_;  ///< empty: nothing is heard
  std::optional<boost::asio::posix::stream_descriptor> wake_watch_;
  std::unique_ptr<StatusSocket> status_;  ///< of a folder that it owns
  std::chrono::steady_clock::time_point next_beat_;
  /// Others' deaths are believed from here on: a server that restarts frees everybody's lock.
  std::chrono::steady_clock::time_point trust_after_;
  /// Who seemed dead when it was looked last, and since when.
  std::map<std::string, std::chrono::steady_clock::time_point> suspects_;
  milliseconds trouble_pause_{0};
  std::chrono::steady_clock::time_point next_forgetting_;
  std::size_t jobs_ended_ = 0;  ///< since the queue was tidied
  bool is_all_indexed_ = false;
  bool has_come_in_ = false;
  bool was_here_before_ = false;
  bool is_stopped_ = false;
};

}  // namespace civicum
