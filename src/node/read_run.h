// SPDX-License-Identifier: GPL-3.0-or-later
// `civicum read` as a run over a list of inputs: digests them, has the desk read the pages that the
// store does not hold yet, keeps every page's end in the store, writes the results. Where the store
// is shared, its workers read the pages: the run hands the documents in and waits. One thread,
// driven by the loop.
//
// Invariant: a page leaves a document's queue only after its end is in the store; a document's
// results are written only when its pages read and its gaps add up to its pages.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <set>
#include <string>

#include "node/document_task.h"
#include "node/queued_documents.h"
#include "node/read_options.h"
#include "node/reading_desk.h"

namespace civicum {

class ReadRun {
 public:
  /// `queue`: who reads the pages; nullptr: this run.
  ReadRun(Loop& loop, Documents documents, QueuedDocuments* queue, ReadOptions options,
          ReadObserver& observer);

  /// Starts work on the inputs; `on_finished` is called once, with an Error where the run could not
  /// go on (readers do not start, the store cannot be written).
  void start(std::vector<Input> inputs, std::function<void(Status)> on_finished);
  /// Ends the readers, writes what is done of the documents at work, marked as interrupted.
  void interrupt();
  /// Ends the run with an error.
  void stop(const Error& error);
  /// Looks now which of the queued documents have ended.
  void look_at_queue();
  /// Documents that the run has handed in and not waited for, once it has ended.
  std::size_t left_in_queue() const { return left_in_queue_; }
  ReadSnapshot snapshot() const;
  /// One line of JSON for `status.sock`.
  std::string status_line() const;

 private:
  // The life of a document, in order.
  void pump();
  void admit_tasks();
  void begin_digest(DocumentTask& task);
  void step_digest(DocumentTask& task);
  void hand_in(DocumentTask& task);
  void watch_queue();
  Status look_at(DocumentTask& task);
  std::size_t queued_count() const;
  void after_queue(DocumentTask& task, const DocumentRow& row);
  void begin_pages(DocumentTask& task);
  void on_opened(DocumentTask& task, const protocol::Opened& opened);
  void keep_page(DocumentTask& task, std::uint32_t page_index, const StoredPage& page);
  void finish_pages(DocumentTask& task);
  void begin_layer(DocumentTask& task);
  void finish_layer(DocumentTask& task, const std::string& failure);
  void begin_record(DocumentTask& task, Completeness completeness);
  void step_record(DocumentTask& task);
  void end_task(DocumentTask& task, DocumentState state);
  void fail_task(DocumentTask& task, std::string_view reason, const std::string& detail);
  void wake_twins(const DocumentTask& task);
  void write_interrupted(DocumentTask& task);
  void remove_stale_pdf(const DocumentTask& task) const;
  void give_up_results(DocumentTask& task, const Error& error);
  void end_unwritten(DocumentTask& task, const std::string& reason, const std::string& detail);
  void end_run(Status status);
  Result<RecordPaths> record_paths(const DocumentTask& task) const;
  Result<std::string> result_path(const DocumentTask& task, const char* extension) const;

  DeskEvents desk_events();

  Loop& loop_;
  Documents documents_;
  ReadOptions options_;
  QueuedDocuments* queue_;
  ReadObserver& observer_;
  ReadingDesk desk_;
  std::function<void(Status)> on_finished_;
  std::list<std::unique_ptr<DocumentTask>> tasks_;  ///< not ended yet, in the order of the inputs
  std::set<std::pair<dev_t, ino_t>> inputs_;        ///< never written over
  ReadSnapshot totals_;
  boost::asio::steady_timer queue_timer_;
  std::size_t left_in_queue_ = 0;
  std::size_t looked_at_ = 0;  ///< where among the queued ones the next look begins
  std::optional<Clock::time_point> store_gone_since_;
  bool is_stopped_ = false;
};

}  // namespace civicum
