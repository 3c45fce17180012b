// SPDX-License-Identifier: GPL-3.0-or-later
// The life of a document in a run. What readers answer is in read_replies.cpp.
#include "node/read_run.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <utility>

#include "base/text.h"
#include "host/process.h"
#include "node/layer_words.h"
#include "plan/admission.h"

namespace civicum {
namespace {

// Documents at work beyond one per reader: enough that readers never wait for a digest.
constexpr std::size_t tasks_ahead = 2;
// A raster's bound beside the memory budget: A2 at 300 dpi, A0 at 150. Beyond it OCR takes minutes
// a page.
constexpr std::uint64_t page_pixels_max = 50'000'000;
// Before a rung bounds it: a 1-bit image of 300 dpi stays as it is where 200 are wished for.
constexpr Dpi raster_dpi_max{600};
// A text layer is written at the speed of a slow disk, with the image files' encoders in between.
constexpr std::uint64_t layer_bytes_per_ms = 10'000;

/// What makes the same content a different reading. The number rises when readings change for the
/// better.
std::string reading_options(const ReadOptions& options) {
  return "reading=4 lang=" + options.lang + " dpi=" + std::to_string(options.dpi.value);
}

/// Device and inode; nothing is at (0, 0).
std::pair<dev_t, ino_t> identity_of(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return {0, 0};
  return {info.st_dev, info.st_ino};
}

}  // namespace

ReadRun::ReadRun(Loop& loop, Documents documents, ReadOptions options, ReadObserver& observer)
    : loop_(loop),
      documents_(documents),
      options_(std::move(options)),
      observer_(observer),
      pool_(loop,
            PoolOptions{{options_.reader_program, options_.lang},
                        options_.jobs,
                        std::chrono::seconds(options_.page_seconds),
                        page_limit(options_.memory)},
            PoolEvents{
                [this] { pump(); },
                [this](PooledReader& reader, protocol::Reply reply) {
                  on_reply(reader, std::move(reply));
                },
                [this](PooledReader& reader, const ReaderEnd& end) { on_reader_end(reader, end); },
                [this](const Error& error) { stop(error); }}) {}

void ReadRun::start(std::vector<Input> inputs, std::function<void(Status)> on_finished) {
  on_finished_ = std::move(on_finished);
  totals_.documents = static_cast<std::uint32_t>(inputs.size());
  totals_.memory_budget = options_.memory;
  for (Input& input : inputs) {
    auto task = std::make_unique<DocumentTask>();
    task->id = tasks_.size() + 1;
    task->file = clean_utf8(input.name);
    task->fd = std::move(input.spool);
    inputs_.insert(identity_of(input.path));
    task->input = std::move(input);
    tasks_.push_back(std::move(task));
  }
  inputs_.erase({0, 0});
  boost::asio::post(loop_, [this] { pump(); });
}

void ReadRun::pump() {
  if (is_stopped_) return;
  if (tasks_.empty()) return end_run(Done{});
  admit_tasks();
  while (!is_stopped_ && assign_one()) {
  }
  pool_.want(wanted_readers());
}

/// From here on nothing is assigned, digested or written. The pool ends in a turn of its own: the
/// caller may stand on one of its readers.
void ReadRun::end_run(Status status) {
  if (is_stopped_) return;
  is_stopped_ = true;
  boost::asio::post(loop_, [this, status = std::move(status)]() mutable {
    pool_.close();
    on_finished_(std::move(status));
  });
}

void ReadRun::admit_tasks() {
  std::size_t at_work = 0;
  for (const auto& task : tasks_) {
    if (at_work++ >= options_.jobs + tasks_ahead) return;
    if (task->state != DocumentTask::State::Waiting) continue;
    task->state = DocumentTask::State::Digesting;
    boost::asio::post(loop_, [this, &task = *task] { begin_digest(task); });
  }
}

void ReadRun::begin_digest(DocumentTask& task) {
  if (is_stopped_) return;
  task.started = Clock::now();
  if (!task.fd) {
    auto fd = open_file(task.input.path, O_RDONLY | O_NOCTTY);
    if (!fd) {
      const bool is_denied = fd.error().kind == ErrorKind::Denied;
      return fail_task(task, is_denied ? OpenError::NoPermission : OpenError::Damaged,
                       fd.error().what);
    }
    task.fd = *std::move(fd);
  }
  task.digest.emplace(task.fd.get());
  boost::asio::post(loop_, [this, &task] { step_digest(task); });
}

void ReadRun::step_digest(DocumentTask& task) {
  if (is_stopped_) return;
  auto digest = task.digest->step();
  if (!digest) return fail_task(task, OpenError::Damaged, digest.error().what);
  if (!*digest) return boost::asio::post(loop_, [this, &task] { step_digest(task); });
  task.sha256 = **digest;
  task.size = task.digest->size();
  task.digest.reset();
  if (task.size == 0) return fail_task(task, OpenError::Empty, "the file has no bytes");
  auto stored = documents_.find_or_add(task.sha256, reading_options(options_));
  if (!stored) return stop(stored.error());
  task.stored = *stored;
  if (task.stored.opened) {
    begin_pages(task);
  } else {
    task.state = DocumentTask::State::Opening;
    pump();
  }
}

void ReadRun::begin_pages(DocumentTask& task) {
  const auto is_twin = [&task](const auto& other) {
    return other.get() != &task && other->state == DocumentTask::State::Reading &&
           other->stored.id == task.stored.id;
  };
  if (std::any_of(tasks_.begin(), tasks_.end(), is_twin)) {
    task.state = DocumentTask::State::Twin;
    return pump();
  }
  auto settled = documents_.settled_pages(task.stored.id, task.stored.opened->page_count,
                                          {page_limit(options_.memory), options_.page_seconds});
  if (!settled) return stop(settled.error());
  task.state = DocumentTask::State::Reading;
  task.pages.start(*std::move(settled));
  task.pages_kept = task.pages.page_count() - task.pages.left();
  totals_.pages_waiting += task.pages.left();
  if (task.pages.is_finished()) return finish_pages(task);
  pump();
}

std::uint32_t ReadRun::wanted_readers() const {
  std::uint32_t wanted = pool_.busy_count();
  for (const auto& task : tasks_) {
    if (task->needs_hand()) ++wanted;
    if (task->needs_reading()) wanted += task->pages.left();
    if (wanted > 2 * options_.jobs) break;
  }
  return wanted;
}

/// Gives one idle reader something to do; false where there is no reader or nothing to do.
bool ReadRun::assign_one() {
  for (const auto& task : tasks_) {
    if (!task->needs_hand() && !task->needs_reading()) continue;
    PooledReader* reader = pool_.take_idle(task->id);
    if (reader == nullptr) return false;
    if (reader->open_document != task->id) {
      assign_open(*reader, *task);
    } else if (task->needs_reading()) {
      assign_page(*reader, *task);
    } else {
      assign_layer(*reader, *task);
    }
    return true;
  }
  return false;
}

void ReadRun::assign_open(PooledReader& reader, DocumentTask& task) {
  task.is_with_reader = true;
  reader.open_document = 0;
  at_work_[&reader] = Assignment{&task};
  const int fd = task.fd.get();
  pool_.request(reader, protocol::Open{options_.password}, std::span(&fd, 1), {});
}

void ReadRun::assign_page(PooledReader& reader, DocumentTask& task) {
  Assignment assignment{&task};
  assignment.page = task.pages.take();
  const Attempt& attempt = assignment.page->history.next;
  protocol::ReadPage request;
  request.page_index = assignment.page->page_index;
  request.dpi = attempt.is_second_look ? second_look_dpi : options_.dpi;
  request.dpi_max = attempt.dpi_max.value == 0 ? raster_dpi_max : attempt.dpi_max;
  request.allowed = attempt.route;
  request.look = attempt.is_second_look ? protocol::Look::Second : protocol::Look::First;
  request.limit = page_limit(options_.memory);
  request.pixels_max = page_pixels_max;
  const Expected expected{std::chrono::milliseconds(0), assignment.page->cpu_spent};
  assignment.request = request;
  at_work_[&reader] = std::move(assignment);
  pool_.request(reader, request, {}, expected);
}

/// Every page has ended. What waited for the same content finds it in the store now.
void ReadRun::finish_pages(DocumentTask& task) {
  if (options_.pdf == PdfOutput::Yes) {
    begin_layer(task);
  } else {
    begin_record(task, Completeness::Whole);
  }
  wake_twins(task);
}

/// What waited for the same content goes on: it finds the pages in the store, or reads them itself
/// where this document was given up.
void ReadRun::wake_twins(const DocumentTask& task) {
  for (const auto& other : tasks_) {
    const bool is_twin = other->state == DocumentTask::State::Twin && other.get() != &task &&
                         other->stored.id == task.stored.id;
    if (is_twin) begin_pages(*other);
  }
}

void ReadRun::begin_layer(DocumentTask& task) {
  auto words = write_layer_words(documents_, task.stored, options_.data_folder);
  if (!words) return stop(words.error());
  auto path = result_path(task, ".pdf");
  if (!path) return give_up_results(task, path.error());
  auto file = AtomicFile::create(*std::move(path));
  if (!file) return give_up_results(task, file.error());
  task.layer_words = *std::move(words);
  task.layer = *std::move(file);
  task.state = DocumentTask::State::Layering;
  task.is_with_reader = false;
  pump();
}

void ReadRun::assign_layer(PooledReader& reader, DocumentTask& task) {
  task.is_with_reader = true;
  at_work_[&reader] = Assignment{&task};
  const std::array fds = {task.layer->fd(), task.layer_words.get()};
  const auto predicted = std::chrono::milliseconds(task.size / layer_bytes_per_ms);
  pool_.request(reader, protocol::WriteLayer{task.pages.page_count()}, fds,
                {predicted, {}, Expected::Scope::Document});
}

void ReadRun::begin_record(DocumentTask& task, Completeness completeness) {
  RecordHead head{task.file,
                  task.sha256,
                  options_.lang,
                  options_.dpi,
                  task.stored.opened->type,
                  task.stored.opened->page_count,
                  options_.summary,
                  completeness};
  auto paths = record_paths(task);
  if (!paths) return give_up_results(task, paths.error());
  task.outcome.record = paths->json;
  task.outcome.markdown = paths->markdown;
  auto writer = RecordWriter::begin(documents_, task.stored.id, std::move(head), *std::move(paths));
  if (!writer) return give_up_results(task, writer.error());
  task.writer = *std::move(writer);
  task.state = DocumentTask::State::Writing;
  if (completeness == Completeness::Whole) {
    boost::asio::post(loop_, [this, &task] { step_record(task); });
  }
}

void ReadRun::step_record(DocumentTask& task) {
  if (is_stopped_) return;
  const Result<bool> has_more = task.writer->step();
  if (!has_more) return give_up_results(task, has_more.error());
  if (*has_more) return boost::asio::post(loop_, [this, &task] { step_record(task); });
  const bool has_gaps = task.writer->counts().gaps > 0;
  end_task(task, has_gaps ? DocumentState::FinishedWithGaps : DocumentState::Finished);
}

void ReadRun::end_task(DocumentTask& task, DocumentState state) {
  DocumentOutcome& outcome = task.outcome;
  outcome.file = task.file;
  outcome.sha256 = task.sha256;
  outcome.state = state;
  outcome.pages_kept = task.pages_kept;
  outcome.elapsed =
      std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - task.started);
  if (task.writer) {
    outcome.pages_in = task.stored.opened->page_count;
    outcome.pages_read = task.writer->counts().pages_read;
    outcome.gaps = task.writer->counts().gaps;
    outcome.degraded = task.writer->counts().degraded;
    outcome.damaged = task.writer->counts().damaged;
  }
  task.state = DocumentTask::State::Ended;
  wake_twins(task);
  ++totals_.documents_done;
  observer_.on_document(outcome);
  if (is_stopped_) return;
  tasks_.remove_if([&task](const auto& other) { return other.get() == &task; });
  boost::asio::post(loop_, [this] { pump(); });
}

void ReadRun::fail_task(DocumentTask& task, OpenError reason, const std::string& detail) {
  const auto paths = record_paths(task);
  if (!paths) return give_up_results(task, paths.error());
  const Status written = write_failure_record(*paths, task.file, reason, detail);
  if (!written) return give_up_results(task, written.error());
  if (options_.pdf == PdfOutput::Yes) remove_stale_pdf(task);
  task.outcome.record = paths->json;
  task.outcome.markdown = paths->markdown;
  task.outcome.reason = name_of(reason);
  task.outcome.detail = detail;
  end_task(task, DocumentState::Failed);
}

/// A PDF of an earlier run would pass for the one that was asked for now.
void ReadRun::remove_stale_pdf(const DocumentTask& task) const {
  const auto path = result_path(task, ".pdf");
  if (path) (void)unlink(path->c_str());
}

/// Results that cannot be written cost their document only, unless none can be written any more. In
/// a turn of its own: the caller may still hold the task.
void ReadRun::give_up_results(DocumentTask& task, const Error& error) {
  switch (error.kind) {
    case ErrorKind::NotFound:
    case ErrorKind::BadInput:
    case ErrorKind::Denied:
    case ErrorKind::TooLarge:
      break;
    default:
      return stop(error);
  }
  task.state = DocumentTask::State::Writing;
  boost::asio::post(loop_, [this, &task, error] { end_unwritten(task, error); });
}

void ReadRun::end_unwritten(DocumentTask& task, const Error& error) {
  if (is_stopped_) return;
  task.writer.reset();
  task.layer.reset();
  task.outcome.record.clear();
  task.outcome.markdown.clear();
  task.outcome.pdf.clear();
  task.outcome.reason = "not_written";
  task.outcome.detail = error.what;
  end_task(task, DocumentState::Failed);
}

void ReadRun::stop(const Error& error) { end_run(error); }

void ReadRun::interrupt() {
  if (is_stopped_) return;
  is_stopped_ = true;
  pool_.close();
  for (const auto& task : tasks_) {
    if (task->state >= DocumentTask::State::Reading) write_interrupted(*task);
  }
  on_finished_(Done{});
}

/// What is done of a document when the run is interrupted. Best effort: the store holds it in any
/// case. A whole record of an earlier run is worth more.
void ReadRun::write_interrupted(DocumentTask& task) {
  task.writer.reset();
  const auto record = result_path(task, ".json");
  if (record && holds_whole_record(*record, task.sha256)) return;
  begin_record(task, Completeness::Interrupted);
  if (!task.writer) return;
  Result<bool> has_more = true;
  while (has_more && *has_more) has_more = task.writer->step();
  if (has_more) end_task(task, DocumentState::Interrupted);
}

Result<RecordPaths> ReadRun::record_paths(const DocumentTask& task) const {
  std::string json = TRY(result_path(task, ".json"));
  return RecordPaths{std::move(json), TRY(result_path(task, ".md"))};
}

Result<std::string> ReadRun::result_path(const DocumentTask& task, const char* extension) const {
  namespace fs = std::filesystem;
  const fs::path stem = fs::path(options_.out_folder) / task.input.stem;
  std::error_code failed;
  fs::create_directories(stem.parent_path(), failed);
  if (failed) {
    return os_failure(kind_of_errno(failed.value()),
                      "cannot make the folder " + stem.parent_path().string(), failed.value());
  }
  std::string path = stem.string() + extension;
  for (int number = 2; inputs_.contains(identity_of(path)); ++number) {
    path = stem.string() + "-" + std::to_string(number) + extension;
  }
  return path;
}

ReadSnapshot ReadRun::snapshot() const {
  ReadSnapshot now = totals_;
  for (const auto& task : tasks_) {
    if (task->state != DocumentTask::State::Reading) continue;
    now.current = task->file;
    now.current_pages = task->pages.page_count();
    now.current_done = task->pages.page_count() - task->pages.left();
    break;
  }
  for (const PooledReader& reader : pool_.readers()) {
    const ProcessMemory memory = probe_process(reader.pid());
    now.memory_used =
        now.memory_used + memory.anonymous.value_or(Bytes{}) + memory.swap.value_or(Bytes{});
  }
  return now;
}

}  // namespace civicum
