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
// What is begun is finished before something else is; what somebody waits for goes before both.
constexpr std::int64_t opening_priority = 100;
constexpr std::int64_t waited_priority = 40;
constexpr std::int64_t pages_before_openings = 50;
constexpr std::int64_t finish_priority = 10;

// A removal of the same content may undo as many.
constexpr int add_attempts = 3;

constexpr std::string_view reading_prefix = "read:";

constexpr const char* given_up_reason = "killed";
constexpr const char* given_up_detail =
    "its job was given up; civicum jobs list --state dead shows why";

std::string payload_of(std::uint32_t page_count, const std::string& password) {
  const std::string pages = std::to_string(page_count);
  return password.empty() ? pages : pages + " " + password;
}

Result<AddedDocument> try_to_add(Store& store, Blobs& blobs, const NewOriginal& original,
                                 const AddOptions& options) {
  (void)TRY(store.doom_unfinished_original(original.sha256));
  (void)TRY(blobs.put(original.fd, original.sha256, original.size));
  const NewDocument wanted{original.sha256, text_of(options.reading), original.file, original.size};
  const StoredDocument document = TRY(store.documents().find_or_add(wanted));
  const NewJob job =
      opening_job({document.id, options.reading.lang, options.password, options.urgency});
  const SqlCall keep = keep_document_call(document.id, wanted);
  const auto enqueued = store.jobs().enqueue(std::span(&job, 1), std::span(&keep, 1));
  if (!enqueued) (void)store.documents().take_back(document.id);  // as far as the trouble allows it
  const bool is_new = TRY(enqueued).front().is_new;
  if (!is_new) (void)TRY(store.documents().show(document.id));  // removed meanwhile: NotFound
  // Whoever removed the same content until then may have taken its original after the first put().
  if (!TRY(blobs.holds(original.sha256, original.size))) {
    (void)TRY(blobs.put(original.fd, original.sha256, original.size));
  }
  return AddedDocument{document.id, is_new};
}

}  // namespace

std::string reading_kind(const std::string& lang) { return std::string(reading_prefix) + lang; }

std::string lang_of_kind(const std::string& kind) {
  return kind.starts_with(reading_prefix) ? kind.substr(reading_prefix.size()) : "";
}

std::vector<PageRun> page_runs(std::uint32_t page_count) {
  const std::uint32_t wished_for = (page_count + runs_wished_for - 1) / runs_wished_for;
  const std::uint32_t size = std::clamp(wished_for, run_pages_min, run_pages_max);
  std::vector<PageRun> runs;
  for (std::uint32_t first = 0; first < page_count; first += size) {
    runs.push_back({first, std::min(size, page_count - first)});
  }
  return runs;
}

NewJob opening_job(const NewReading& reading) {
  NewJob job;
  job.kind = reading_kind(reading.lang);
  job.priority = reading.urgency == Urgency::Waited ? waited_priority : opening_priority;
  job.unique_key = "open " + std::to_string(reading.document);
  job.document = reading.document;
  job.payload = payload_of(0, reading.password);
  job.is_first = true;
  return job;
}

NewJob finish_job(DocumentId document) {
  NewJob job;
  job.kind = finish_kind;
  job.priority = finish_priority;
  job.document = document;
  return job;
}

Result<std::vector<NewJob>> jobs_after_opening(const std::string& lang, const ClaimedJob& opening,
                                               std::uint32_t page_count) {
  const ReadingWork work = TRY(reading_work(opening.page_index, opening.payload));
  std::vector<NewJob> jobs;
  NewJob finish = finish_job(opening.document.value_or(0));
  for (const PageRun& run : page_runs(page_count)) {
    NewJob job;
    job.kind = reading_kind(lang);
    job.priority = opening.priority - pages_before_openings;
    job.document = opening.document;
    job.page_index = run.first;
    job.payload = payload_of(run.count, work.password);
    finish.needs.push_back(jobs.size());
    jobs.push_back(std::move(job));
  }
  jobs.push_back(std::move(finish));
  return jobs;
}

Result<ReadingWork> reading_work(std::optional<std::uint32_t> page_index,
                                 const std::string& payload) {
  std::uint32_t count = 0;
  const char* end = payload.data() + payload.size();
  const auto [at, failed] = std::from_chars(payload.data(), end, count);
  const bool is_sound = failed == std::errc() && (at == end || *at == ' ') &&
                        count <= document_pages_max && (count > 0) == page_index.has_value();
  if (!is_sound) return Error{ErrorKind::Corrupt, "the job does not say what is to be read"};
  ReadingWork work;
  if (page_index) work.pages = PageRun{*page_index, count};
  if (at != end) work.password.assign(at + 1, end);
  return work;
}

std::vector<SqlCall> writes_if_dead(std::optional<DocumentId> document,
                                    std::optional<std::uint32_t> page_index) {
  if (!document || page_index) return {};
  return {fail_document_call(*document, given_up_reason, given_up_detail)};
}

Result<AddedDocument> add_document(Store& store, Blobs& blobs, const NewOriginal& original,
                                   const AddOptions& options) {
  for (int attempt = 1;; ++attempt) {
    Result<AddedDocument> added = try_to_add(store, blobs, original, options);
    const bool is_removed = !added && added.error().kind == ErrorKind::NotFound;
    if (!is_removed || attempt == add_attempts) return added;
  }
}

Status read_again(Store& store, const NewReading& reading) {
  const NewJob job = opening_job(reading);
  const SqlCall begin = begin_document_call(reading.document);
  (void)TRY(store.jobs().enqueue(std::span(&job, 1), std::span(&begin, 1)));
  return Done{};
}

}  // namespace civicum
