// SPDX-License-Identifier: GPL-3.0-or-later
// `civicum read` as a run over a list of inputs: digests them, has readers read the pages that the
// store does not hold yet, keeps every page's end in the store, writes the results. One thread,
// driven by the loop.
//
// Invariant: a page leaves a document's queue only after its end is in the store; a document's
// results are written only when its pages read and its gaps add up to its pages.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "node/document_task.h"
#include "node/read_options.h"
#include "node/reader_pool.h"

namespace civicum {

/// Small print and low confidence are looked at again at this.
inline constexpr Dpi second_look_dpi{300};

class ReadRun {
 public:
  ReadRun(Loop& loop, Documents documents, ReadOptions options, ReadObserver& observer);

  /// Starts work on the inputs; `on_finished` is called once, with an Error where the run could not
  /// go on (readers do not start, the store cannot be written).
  void start(std::vector<Input> inputs, std::function<void(Status)> on_finished);
  /// Ends the readers, writes what is done of the documents at work, marked as interrupted.
  void interrupt();
  ReadSnapshot snapshot() const;

 private:
  struct Assignment {
    DocumentTask* task = nullptr;
    std::optional<PageWork> page = {};  ///< empty: opening the document or writing its layer
    protocol::ReadPage request = {};
    std::optional<protocol::Planned> planned = {};
    std::optional<Clock::time_point> waiting_since =
        {};  ///< planned, but memory does not allow it yet
  };

  // The life of a document, in order.
  void pump();
  void admit_tasks();
  void begin_digest(DocumentTask& task);
  void step_digest(DocumentTask& task);
  void begin_pages(DocumentTask& task);
  std::uint32_t wanted_readers() const;
  bool assign_one();
  void assign_open(PooledReader& reader, DocumentTask& task);
  void assign_page(PooledReader& reader, DocumentTask& task);
  void finish_pages(DocumentTask& task);
  void begin_layer(DocumentTask& task);
  void assign_layer(PooledReader& reader, DocumentTask& task);
  void begin_record(DocumentTask& task, Completeness completeness);
  void step_record(DocumentTask& task);
  void end_task(DocumentTask& task, DocumentState state);
  void fail_task(DocumentTask& task, OpenError reason, const std::string& detail);
  void wake_twins(const DocumentTask& task);
  void write_interrupted(DocumentTask& task);
  void remove_stale_pdf(const DocumentTask& task) const;
  void give_up_results(DocumentTask& task, const Error& error);
  void end_unwritten(DocumentTask& task, const Error& error);
  void stop(const Error& error);
  void end_run(Status status);
  Result<RecordPaths> record_paths(const DocumentTask& task) const;
  Result<std::string> result_path(const DocumentTask& task, const char* extension) const;

  // What readers answer, and what their deaths mean (read_replies.cpp).
  void on_reply(PooledReader& reader, protocol::Reply reply);
  void on_opened(PooledReader& reader, const protocol::Opened& opened);
  void on_open_failed(PooledReader& reader, const protocol::OpenFailed& failed);
  void on_planned(PooledReader& reader, const protocol::Planned& planned);
  void on_page_read(PooledReader& reader, protocol::PageRead read);
  void on_page_failed(PooledReader& reader, const protocol::PageFailed& failed);
  void on_layer_end(PooledReader& reader, const std::string& failure);
  void on_reader_end(PooledReader& reader, const ReaderEnd& end);
  void after_layer_death(DocumentTask& task, const ReaderEnd& end);
  void after_open_death(DocumentTask& task, const ReaderEnd& end);
  void after_page_death(PooledReader& reader, Assignment assignment, const ReaderEnd& end);
  void admit_waiting();
  void settle_failure(DocumentTask& task, PageWork work, const PooledReader& reader,
                      const protocol::PageFailed& failed);
  void keep_page(DocumentTask& task, const PageWork& work, StoredPage page);
  void finish_layer(DocumentTask& task, const std::string& failure);
  void drop_assignments(const DocumentTask& task);
  Assignment take_assignment(PooledReader& reader);
  StoredPage stored_page(const PooledReader& reader, const PageWork& work,
                         std::variant<PageReading, Gap> outcome) const;

  Loop& loop_;
  Documents documents_;
  ReadOptions options_;
  ReadObserver& observer_;
  ReaderPool pool_;
  std::function<void(Status)> on_finished_;
  std::list<std::unique_ptr<DocumentTask>> tasks_;  ///< not ended yet, in the order of the inputs
  std::map<PooledReader*, Assignment> at_work_;
  std::set<std::pair<dev_t, ino_t>> inputs_;  ///< never written over
  ReadSnapshot totals_;
  bool is_stopped_ = false;
};

}  // namespace civicum
