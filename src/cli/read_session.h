// SPDX-License-Identifier: GPL-3.0-or-later
// A run of `civicum read` at work: the loop with everything that lives on it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/read_display.h"
#include "cli/read_options.h"
#include "node/read_run.h"
#include "node/status_socket.h"
#include "node/worker.h"
#include "os/file_lock.h"

namespace civicum {

/// Who reads the pages of a run.
enum class Reading : std::uint8_t {
  Here,       ///< the run's own readers: the store is ours alone
  ByWorkers,  ///< the store's workers, one of them in this process
  ByOwner,    ///< the process that owns the store's folder; once it has ended, a worker of ours
};

/// The run, the display's clock, Ctrl-C, and on a store that others share a worker.
class ReadSession : private WorkerObserver {
 public:
  ReadSession(Store& store, Blobs& blobs, const ReadRequest& request, Reading reading);

  /// The error that ended the run early, if one did.
  Status work(std::vector<Input> inputs);

  bool is_interrupted() const { return is_interrupted_; }
  std::size_t left_in_queue() const { return run_.left_in_queue(); }
  const std::vector<DocumentOutcome>& outcomes() const { return display_.outcomes(); }

 private:
  void tick();
  void take_over();
  void begin_worker();
  void after_run(Status status);

  void on_document_ended(const DocumentRow& document) override;
  void on_gap(const std::string& file, std::uint32_t page_number, const Gap& gap) override;
  void on_event(const std::string& sentence) override;

  Loop loop_;
  Store& store_;
  Blobs& blobs_;
  ReaderCages cages_;
  ReadOptions options_;
  Reading reading_;
  QueuedDocuments queue_;
  ReadDisplay display_;
  boost::asio::steady_timer timer_;
  boost::asio::signal_set signals_;
  ReadRun run_;
  std::optional<FileLock> lock_;
  std::optional<Worker> worker_;
  Status status_ = Done{};
  bool is_interrupted_ = false;
  std::unique_ptr<StatusSocket> status_socket_;
  bool is_run_over_ = false;
  bool is_worker_over_ = false;
};

}  // namespace civicum
