// SPDX-License-Identifier: GPL-3.0-or-later
// What a worker's jobs do, and what becomes of the desk's answers.
#include <algorithm>
#include <utility>

#include "node/digest.h"
#include "node/worker.h"
#include "plan/admission.h"
#include "store/search.h"

namespace civicum {
namespace {

// Originals that stay open for their next run.
constexpr std::size_t idle_documents_max = 4;
// Until it is looked again whether a document's pages have been read.
constexpr milliseconds finish_pause{1000};

}  // namespace

Worker::Document* Worker::find_at_work(DocumentId id) {
  for (const auto& [place, document] : at_work_) {
    if (document->row.id == id) return document.get();
  }
  return nullptr;
}

/// The document on the desk, brought there where it is not.
Result<Worker::Document*> Worker::document_of(const ClaimedJob& job) {
  if (!job.document) return Error{ErrorKind::Corrupt, "the job names no document"};
  if (Document* placed = find_at_work(*job.document)) return placed;
  auto document = std::make_unique<Document>();
  document->row = TRY(documents_.show(*job.document));
  document->original = TRY(blobs_.open(document->row.sha256));
  document->id = next_place_++;
  document->document_fd = document->original.get();
  document->size = document->row.size;
  document->dpi = TRY(parse_reading_options(document->row.options)).dpi;
  document->label = document->row.file;
  desk_.add(*document);
  Document* placed = document.get();
  at_work_[placed->id] = std::move(document);
  keep_idle(idle_documents_max);
  return placed;
}

/// Originals at most `count` of which stay open for their next run, those that came last.
void Worker::keep_idle(std::size_t count) {
  std::vector<Document*> idle;
  for (const auto& [place, document] : at_work_) {
    if (document->is_idle()) idle.push_back(document.get());
  }
  for (std::size_t i = 0; i + count < idle.size(); ++i) drop(*idle[i]);
}

void Worker::drop(Document& document) {
  desk_.remove(document);
  at_work_.erase(document.id);
}

Status Worker::begin_reading(const ClaimedJob& job) {
  const ReadingWork work = TRY(reading_work(job.page_index, job.payload));
  return work.pages ? begin_run(job, work) : begin_open(job, work);
}

/// What is on the desk under its number was removed since, or has to be opened anew.
Status Worker::begin_open(const ClaimedJob& job, const ReadingWork& work) {
  Document* earlier = find_at_work(job.document.value_or(0));
  if (earlier != nullptr) (void)TRY(release(*earlier, "released"));
  Document& document = *TRY(document_of(job));
  document.password = work.password;
  document.open_job = job;
  document.wish = DeskTask::Wish::Open;
  return Done{};
}

Status Worker::begin_run(const ClaimedJob& job, const ReadingWork& work) {
  Document& document = *TRY(document_of(job));
  document.password = work.password;
  if (!document.row.opened) document.row = TRY(documents_.show(document.row.id));
  if (!document.row.opened) return Error{ErrorKind::Corrupt, "the document was never opened"};
  Run run{job, *work.pages, 0};
  const PageAllowance allowance{page_limit(options_.desk.memory), options_.desk.page_seconds};
  const std::vector<std::uint32_t> missing =
      TRY(documents_.missing_pages(document.row.id, run.pages.first, run.pages.count, allowance));
  for (const std::uint32_t page_index : missing) document.pages.add(page_index);
  run.left = static_cast<std::uint32_t>(missing.size());
  if (run.left == 0) {
    (void)TRY(jobs_.complete(run.job.lease, {}, Durability::Relaxed));
    return Done{};
  }
  document.page_count = document.row.opened->page_count;
  document.wish = DeskTask::Wish::Pages;
  document.runs.push_back(std::move(run));
  return Done{};
}

/// Every page has ended or its job was given up: then it is a gap.
Status Worker::finish_document(const ClaimedJob& job) {
  if (!job.document) return Error{ErrorKind::Corrupt, "the job names no document"};
  if (TRY(documents_.is_being_read(*job.document))) return finish_later(job);
  const DocumentRow row = TRY(documents_.show(*job.document));
  const std::uint32_t page_count = row.opened ? row.opened->page_count : 0;
  const StoredPage given_up{Gap{GapReason::Killed, "its job was given up", {}, {}, {}}, 1, "", {}};
  const std::string outcome = encode_outcome(given_up);
  JobEffects effects;
  for (const std::uint32_t page_index : TRY(documents_.missing_pages(row.id, 0, page_count))) {
    effects.writes.push_back(save_page_call(row.id, page_index, given_up, outcome));
  }
  effects.writes.push_back(end_document_call(row.id));
  ++jobs_ended_;
  if (TRY(jobs_.complete(job.lease, effects, Durability::Durable)) == Hold::Held) {
    observer_.on_document_ended(TRY(documents_.show(row.id)));
  }
  return Done{};
}

/// Jobs that it needed were cancelled, or given up, and begun anew since.
Status Worker::finish_later(const ClaimedJob& job) {
  JobEffects effects;
  effects.follow_ups.push_back(finish_job(*job.document));
  effects.follow_ups.back().delay = finish_pause;
  (void)TRY(jobs_.complete(job.lease, effects, Durability::Relaxed));
  return Done{};
}

/// A job that cannot be done here is tried again later, or ends dead.
Status Worker::fail(const ClaimedJob& job, const Error& error) {
  const char* reason = error.kind == ErrorKind::NotFound ? "not_found" : "failed";
  (void)TRY(jobs_.fail(job.lease, job.budget,
                       {AttemptEnd::Error, reason, error.what, job.memo,
                        writes_if_dead(job.document, job.page_index)}));
  observer_.on_event("job " + std::to_string(job.lease.job) + " failed: " + error.what);
  return Done{};
}

/// Every task on the desk is a document of ours.
DeskEvents Worker::desk_events() {
  const auto ours = [](DeskTask& task) -> Document& { return static_cast<Document&>(task); };
  return {[this, ours](DeskTask& task, const protocol::Opened& opened) {
            act(after_opened(ours(task), opened));
          },
          [this, ours](DeskTask& task, OpenError reason, const std::string& detail) {
            act(after_open_failure(ours(task), reason, detail));
          },
          [this, ours](DeskTask& task, std::uint32_t page_index, const StoredPage& page) {
            act(after_page(ours(task), page_index, page));
          },
          [this](const std::string& sentence) { observer_.on_event(sentence); },
          [](DeskTask&, const std::string&) {},
          [](DeskTask&) {},
          [this](const Error& error) { on_broken(error); }};
}

Status Worker::after_opened(Document& document, const protocol::Opened& opened) {
  if (!document.open_job) return Done{};
  const ClaimedJob job = *std::exchange(document.open_job, std::nullopt);
  const DocumentShape shape{opened.type, opened.page_count};
  const JobEffects effects{
      {save_opened_call(document.row.id, shape), begin_document_call(document.row.id)},
      TRY(jobs_after_opening(lang_, job, opened.page_count))};
  document.row.opened = shape;
  const Hold hold = TRY(jobs_.complete(job.lease, effects, Durability::Durable));
  if (hold == Hold::Held) return Done{};
  // Lost, or cancelled meanwhile: then it is given back, which cancels it.
  document.open_job = job;
  return release(document, "cancelled");
}

/// Whether what could not be opened is not what was handed in. Seconds, for the largest.
bool Worker::is_damaged(const Document& document) {
  const Result<ContentId> found = digest_whole(document.original.get());
  return !found || found->sha256 != document.row.sha256;
}

/// The desk has let go of the document.
Status Worker::after_open_failure(Document& document, OpenError reason, const std::string& detail) {
  const std::unique_ptr<Document> gone = std::move(at_work_.at(document.id));
  at_work_.erase(document.id);
  if (gone->open_job && is_damaged(*gone)) {
    return fail(*gone->open_job, {ErrorKind::Corrupt,
                                  "the original is damaged: its bytes are not "
                                  "those that were handed in; add it again"});
  }
  if (gone->open_job) {
    const JobEffects effects{{fail_document_call(gone->row.id, name_of(reason), detail)}, {}};
    const Hold hold = TRY(jobs_.complete(gone->open_job->lease, effects, Durability::Durable));
    if (hold == Hold::Held) observer_.on_document_ended(TRY(documents_.show(gone->row.id)));
  }
  // It was opened once before: its pages become gaps in time.
  for (const Run& run : gone->runs) {
    (void)TRY(fail(run.job, {ErrorKind::Corrupt, detail}));
  }
  return Done{};
}

Status Worker::after_page(Document& document, std::uint32_t page_index, const StoredPage& page) {
  const auto run = std::find_if(document.runs.begin(), document.runs.end(), [&](const Run& one) {
    return page_index >= one.pages.first && page_index < one.pages.first + one.pages.count;
  });
  ENSURE(run != document.runs.end());
  const std::string outcome = encode_outcome(page);
  const IndexedPage indexed = index_of(page);
  std::vector<SqlCall> writes = {save_page_call(document.row.id, page_index, page, outcome),
                                 index_page_call(document.row.id, page_index, indexed)};
  const Lease lease = run->job.lease;
  document.pages.finish_one();
  --run->left;
  if (run->left == 0) {
    document.runs.erase(run);
    ++jobs_ended_;
    if (document.runs.empty()) document.wish = DeskTask::Wish::Nothing;
    writes.push_back(renew_end_call(document.row.id));
    (void)TRY(jobs_.complete(lease, {std::move(writes), {}}, Durability::Relaxed));
  } else {
    const HoldWish wish = TRY(
        jobs_.checkpoint(lease, std::move(writes), run->pages.count - run->left, run->pages.count));
    if (wish != HoldWish::GoOn) return release(document, "cancelled");
  }
  if (const auto* gap = std::get_if<Gap>(&page.outcome)) {
    observer_.on_gap(document.row.file, page_index + 1, *gap);
  }
  return Done{};
}

/// Gives back every lease of the document that still holds, and takes it off the desk.
Status Worker::release(Document& document, const std::string& reason) {
  const std::unique_ptr<Document> gone = std::move(at_work_.at(document.id));
  at_work_.erase(document.id);
  desk_.remove(*gone);
  std::vector<ClaimedJob> jobs;
  if (gone->open_job) jobs.push_back(*gone->open_job);
  for (const Run& run : gone->runs) jobs.push_back(run.job);
  for (const ClaimedJob& job : jobs) {
    (void)TRY(jobs_.fail(job.lease, job.budget, {AttemptEnd::Released, reason, "", job.memo}));
  }
  return Done{};
}

}  // namespace civicum
