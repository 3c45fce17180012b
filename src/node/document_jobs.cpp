// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/document_jobs.h"

#include <algorithm>
#include <charconv>

namespace civicum {
namespace {

// 16 pages are about 8 s of OCR: as much as a worker's death may delay.
constexpr std::uint32_t run_pages_max = 16;
constexpr std::uint32_t run_pages_min = 4;
// A document of middling length is shared by so many readers.
constexpr std::uint32_t runs_wished_for = 8;
// What is begun is finished before something else is.
constexpr std::int64_t open_priority = 100;
constexpr std::int64_t pages_priority = 50;
constexpr std::int64_t finish_priority = 10;

constexpr const char* given_up_reason = "killed";
constexpr const char* given_up_detail =
    "its job was given up; civicum jobs list --state dead shows why";

}  // namespace

std::string open_kind(const std::string& lang) { return "open:" + lang; }
std::string pages_kind(const std::string& lang) { return "pages:" + lang; }

std::vector<PageRun> page_runs(std::uint32_t page_count) {
  const std::uint32_t wished_for = (page_count + runs_wished_for - 1) / runs_wished_for;
  const std::uint32_t size = std::clamp(wished_for, run_pages_min, run_pages_max);
  std::vector<PageRun> runs;
  for (std::uint32_t first = 0; first < page_count; first += size) {
    runs.push_back({first, std::min(size, page_count - first)});
  }
  return runs;
}

NewJob open_job(DocumentId document, const std::string& lang) {
  NewJob job;
  job.kind = open_kind(lang);
  job.priority = open_priority;
  job.unique_key = "open " + std::to_string(document);
  job.document = document;
  job.is_first = true;
  return job;
}

std::vector<NewJob> reading_jobs(DocumentId document, const std::string& lang,
                                 std::uint32_t page_count) {
  std::vector<NewJob> jobs;
  NewJob finish;
  for (const PageRun& run : page_runs(page_count)) {
    NewJob job;
    job.kind = pages_kind(lang);
    job.priority = pages_priority;
    job.document = document;
    job.page_index = run.first;
    job.payload = std::to_string(run.count);
    finish.needs.push_back(jobs.size());
    jobs.push_back(std::move(job));
  }
  finish.kind = finish_kind;
  finish.priority = finish_priority;
  finish.document = document;
  jobs.push_back(std::move(finish));
  return jobs;
}

Result<PageRun> run_of(const ClaimedJob& job) {
  PageRun run{job.page_index.value_or(0), 0};
  const char* end = job.payload.data() + job.payload.size();
  const auto [at, failed] = std::from_chars(job.payload.data(), end, run.count);
  if (failed != std::errc() || at != end || run.count == 0 || run.count > document_pages_max) {
    return Error{ErrorKind::Corrupt, "the job's run of pages '" + job.payload + "' is none"};
  }
  return run;
}

std::vector<SqlCall> writes_if_dead(const std::string& kind, std::optional<DocumentId> document) {
  if (!document || kind.starts_with("pages:")) return {};
  return {fail_document_call(*document, given_up_reason, given_up_detail)};
}

Result<AddedDocument> add_document(Store& store, Blobs& blobs, const NewOriginal& original,
                                   const ReadingOptions& options) {
  (void)TRY(blobs.put(original.fd, original.sha256, original.size));
  const NewDocument wanted{original.sha256, text_of(options), original.file, original.size};
  const StoredDocument document = TRY(store.documents().find_or_add(wanted));
  const NewJob job = open_job(document.id, options.lang);
  const SqlCall keep = keep_document_call(document.id, wanted);
  const bool is_new =
      TRY(store.jobs().enqueue(std::span(&job, 1), std::span(&keep, 1))).front().is_new;
  if (!is_new) (void)TRY(store.documents().show(document.id));  // removed meanwhile: NotFound
  return AddedDocument{document.id, is_new};
}

}  // namespace civicum
