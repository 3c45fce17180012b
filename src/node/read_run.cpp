// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/read_run.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "host/process.h"
#include "node/layer_words.h"
#include "node/reading_options.h"
#include "plan/admission.h"

namespace civicum {
namespace {

// Documents at work beyond one per reader: enough that readers never wait for a digest.
constexpr std::size_t tasks_ahead = 2;
// Documents that others read are asked for so often, so many at a time.
constexpr auto queue_interval = std::chrono::milliseconds(100);
constexpr std::size_t looks_max = 16;
// A database server is back by then, or somebody has to look after it.
constexpr auto store_gone_max = std::chrono::seconds(60);

/// Device and inode; nothing is at (0, 0).
std::pair<dev_t, ino_t> identity_of(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return {0, 0};
  return {info.st_dev, info.st_ino};
}

}  // namespace

ReadRun::ReadRun(Loop& loop, Documents documents, QueuedDocuments* queue, ReadOptions options,
                 ReadObserver& observer)
    : loop_(loop),
      documents_(documents),
      options_(std::move(options)),
      queue_(queue),
      observer_(observer),
      desk_(loop,
            DeskOptions{{options_.reader_program, options_.lang},
                        options_.jobs,
                        options_.page_seconds,
                        options_.memory,
                        options_.cages},
            desk_events()),
      queue_timer_(loop) {}

/// Every task on the desk is one of ours.
DeskEvents ReadRun::desk_events() {
  const auto ours = [](DeskTask& task) -> DocumentTask& {
    return static_cast<DocumentTask&>(task);
  };
  return {[this, ours](DeskTask& task, const protocol::Opened& opened) {
            on_opened(ours(task), opened);
          },
          [this, ours](DeskTask& task, OpenError reason, const std::string& detail) {
            fail_task(ours(task), name_of(reason), detail);
          },
          [this, ours](DeskTask& task, std::uint32_t page_index, const StoredPage& page) {
            keep_page(ours(task), page_index, page);
          },
          [this](const std::string& sentence) { observer_.on_event(sentence); },
          [this, ours](DeskTask& task, const std::string& failure) {
            finish_layer(ours(task), failure);
          },
          [this, ours](DeskTask& task) {
            ours(task).layer.reset();
            begin_layer(ours(task));
          },
          [this](const Error& error) {
            stop({ErrorKind::Unavailable, error.what});
          }};
}

void ReadRun::start(std::vector<Input> inputs, std::function<void(Status)> on_finished) {
  on_finished_ = std::move(on_finished);
  totals_.documents = static_cast<std::uint32_t>(inputs.size());
  totals_.memory_budget = options_.memory;
  for (Input& input : inputs) {
    auto task = std::make_unique<DocumentTask>();
    task->id = tasks_.size() + 1;
    task->password = options_.password;
    task->dpi = options_.dpi;
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
  desk_.pump();
}

/// From here on nothing is assigned, digested or written. The pool ends in a turn of its own: the
/// caller may stand on one of its readers.
void ReadRun::end_run(Status status) {
  if (is_stopped_) return;
  is_stopped_ = true;
  left_in_queue_ = queued_count();
  desk_.stop();
  boost::asio::post(loop_, [this, status = std::move(status)]() mutable {
    desk_.close();
    on_finished_(std::move(status));
  });
}

void ReadRun::admit_tasks() {
  std::size_t at_work = 0;
  for (const auto& task : tasks_) {
    if (task->state == DocumentTask::State::Queued) continue;
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
      return fail_task(task, name_of(is_denied ? OpenError::NoPermission : OpenError::Damaged),
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
  if (!digest) return fail_task(task, name_of(OpenError::Damaged), digest.error().what);
  if (!*digest) return boost::asio::post(loop_, [this, &task] { step_digest(task); });
  task.sha256 = **digest;
  task.size = task.digest->size();
  task.digest.reset();
  if (task.size == 0) return fail_task(task, name_of(OpenError::Empty), "the file has no bytes");
  if (queue_ != nullptr) return hand_in(task);
  auto stored = documents_.find_or_add(
      {task.sha256, text_of(ReadingOptions{options_.lang, options_.dpi}), task.file, task.size});
  if (!stored) return stop(stored.error());
  task.stored = *stored;
  task.document_fd = task.fd.get();
  task.label = task.file;
  desk_.add(task);
  if (task.stored.opened) {
    task.page_count = task.stored.opened->page_count;
    return begin_pages(task);
  }
  task.state = DocumentTask::State::Opening;
  task.wish = DeskTask::Wish::Open;
  pump();
}

/// From here on the store's workers have it.
void ReadRun::hand_in(DocumentTask& task) {
  const NewOriginal original{task.fd.get(), task.file, task.sha256, task.size};
  const AddOptions options{{options_.lang, options_.dpi}, options_.password, Urgency::Waited};
  const auto handed_in =
      queue_->hand_in(original, options, {page_limit(options_.memory), options_.page_seconds});
  if (!handed_in && handed_in.error().kind == ErrorKind::TooLarge) {
    return fail_task(task, name_of(OpenError::Unsupported), handed_in.error().what);
  }
  if (!handed_in) return stop(handed_in.error());
  task.fd = Fd();
  task.stored.id = handed_in->id;
  task.pages_kept = handed_in->pages_kept;
  task.state = DocumentTask::State::Queued;
  if (queued_count() == 1) watch_queue();
  pump();
}

std::size_t ReadRun::queued_count() const {
  return static_cast<std::size_t>(std::count_if(tasks_.begin(), tasks_.end(), [](const auto& task) {
    return task->state == DocumentTask::State::Queued;
  }));
}

void ReadRun::watch_queue() {
  queue_timer_.expires_after(queue_interval);
  queue_timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled || is_stopped_) return;
    look_at_queue();
    if (queued_count() > 0) watch_queue();
  });
}

/// Some at a time, in turns. A store that is gone for a while is asked again.
void ReadRun::look_at_queue() {
  std::vector<DocumentTask*> queued;
  for (const auto& task : tasks_) {
    if (task->state == DocumentTask::State::Queued) queued.push_back(task.get());
  }
  const std::size_t looks = std::min(queued.size(), looks_max);
  for (std::size_t i = 0; i < looks && !is_stopped_; ++i) {
    const Status looked = look_at(*queued[looked_at_++ % queued.size()]);
    if (looked) {
      store_gone_since_.reset();
      continue;
    }
    if (!store_gone_since_) store_gone_since_ = Clock::now();
    const bool may_return = looked.error().kind == ErrorKind::Unavailable &&
                            Clock::now() - *store_gone_since_ < store_gone_max;
    return may_return ? void() : stop(looked.error());
  }
}

Status ReadRun::look_at(DocumentTask& task) {
  const Result<QueuedDocuments::View> looked = queue_->look(task.stored.id);
  if (!looked && looked.error().kind == ErrorKind::NotFound) {
    if (!is_stopped_) end_unwritten(task, "removed", "it was removed from the store meanwhile");
    return Done{};
  }
  if (!looked) return looked.error();
  const QueuedDocuments::View& view = *looked;
  task.stored.opened = view.row.opened;
  if (view.row.opened) task.page_count = view.row.opened->page_count;
  task.pages_seen = view.row.pages_read + view.row.gaps;
  if (!view.is_pending && !is_stopped_) after_queue(task, view.row);
  return Done{};
}

void ReadRun::after_queue(DocumentTask& task, const DocumentRow& row) {
  totals_.pages_read_now += task.pages_seen - std::min(task.pages_seen, task.pages_kept);
  if (row.reason == "cancelled") return end_unwritten(task, row.reason, row.detail);
  if (row.state == "failed") return fail_task(task, row.reason, row.detail);
  if (!row.ended_at_ms) {
    return end_unwritten(task, "stranded", "nothing is being done about it any more");
  }
  const auto gaps = documents_.gap_pages(row.id);
  if (!gaps) return stop(gaps.error());
  totals_.gaps += gaps->size();
  for (const std::uint32_t page_index : *gaps) {
    const auto page = documents_.load_page(row.id, page_index);
    if (!page) return stop(page.error());
    const Gap* gap = *page ? std::get_if<Gap>(&(*page)->outcome) : nullptr;
    if (gap != nullptr) observer_.on_gap(task.file, page_index + 1, *gap);
  }
  if (options_.pdf == PdfOutput::Yes) return begin_layer(task);
  begin_record(task, Completeness::Whole);
}

void ReadRun::on_opened(DocumentTask& task, const protocol::Opened& opened) {
  task.stored.opened = DocumentShape{opened.type, opened.page_count};
  const Status saved = documents_.save_opened(task.stored.id, *task.stored.opened);
  if (!saved) return stop(saved.error());
  begin_pages(task);
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
  const Status begun = documents_.write(begin_document_call(task.stored.id));
  if (!begun) return stop(begun.error());
  task.state = DocumentTask::State::Reading;
  task.wish = DeskTask::Wish::Pages;
  task.pages.start(*std::move(settled));
  task.pages_kept = task.pages.page_count() - task.pages.left();
  totals_.pages_waiting += task.pages.left();
  if (task.pages.is_finished()) return finish_pages(task);
  pump();
}

void ReadRun::keep_page(DocumentTask& task, std::uint32_t page_index, const StoredPage& page) {
  if (const auto* gap = std::get_if<Gap>(&page.outcome)) {
    ++totals_.gaps;
    observer_.on_gap(task.file, page_index + 1, *gap);
  }
  const Status saved = documents_.save_page(task.stored.id, page_index, page);
  if (!saved) return stop(saved.error());
  ++totals_.pages_read_now;
  --totals_.pages_waiting;
  task.pages.finish_one();
  if (task.pages.is_finished()) finish_pages(task);
}

/// Every page has ended. What waited for the same content finds it in the store now.
void ReadRun::finish_pages(DocumentTask& task) {
  task.wish = DeskTask::Wish::Nothing;
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
  if (queue_ != nullptr && !task.fd) {
    auto original = queue_->open_original(task.sha256);
    if (!original) return stop(original.error());
    task.fd = *std::move(original);
    task.document_fd = task.fd.get();
    task.label = task.file;
    desk_.add(task);
  }
  auto words = write_layer_words(documents_, task.stored, options_.data_folder);
  if (!words) return stop(words.error());
  auto path = result_path(task, ".pdf");
  if (!path) return give_up_results(task, path.error());
  auto file = AtomicFile::create(*std::move(path));
  if (!file) return give_up_results(task, file.error());
  task.layer_words = *std::move(words);
  task.layer = *std::move(file);
  task.state = DocumentTask::State::Layering;
  task.layer_fd = task.layer->fd();
  task.layer_words_fd = task.layer_words.get();
  task.wish = DeskTask::Wish::Layer;
  pump();
}

/// A PDF that cannot get its layer costs only the PDF: record and Markdown are written all the
/// same.
void ReadRun::finish_layer(DocumentTask& task, const std::string& failure) {
  task.layer_words = Fd();
  if (failure.empty()) {
    task.outcome.pdf = task.layer->path();
    const Status committed = task.layer->commit();
    if (!committed) return give_up_results(task, committed.error());
  } else {
    task.outcome.detail = "no PDF with a text layer: " + failure;
    remove_stale_pdf(task);
  }
  task.layer.reset();
  begin_record(task, Completeness::Whole);
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
  if (queue_ == nullptr) {
    const Status ended = documents_.write(end_document_call(task.stored.id));
    if (!ended) return stop(ended.error());
  }
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
  task.wish = DeskTask::Wish::Nothing;
  desk_.remove(task);
  wake_twins(task);
  ++totals_.documents_done;
  observer_.on_document(outcome);
  if (is_stopped_) return;
  tasks_.remove_if([&task](const auto& other) { return other.get() == &task; });
  boost::asio::post(loop_, [this] { pump(); });
}

void ReadRun::fail_task(DocumentTask& task, std::string_view reason, const std::string& detail) {
  if (task.stored.id != 0 && queue_ == nullptr) {
    const Status failed = documents_.write(fail_document_call(task.stored.id, reason, detail));
    if (!failed) return stop(failed.error());
  }
  const auto paths = record_paths(task);
  if (!paths) return give_up_results(task, paths.error());
  const Status written = write_failure_record(*paths, task.file, reason, detail);
  if (!written) return give_up_results(task, written.error());
  if (options_.pdf == PdfOutput::Yes) remove_stale_pdf(task);
  task.outcome.record = paths->json;
  task.outcome.markdown = paths->markdown;
  task.outcome.reason = reason;
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
  boost::asio::post(loop_,
                    [this, &task, what = error.what] { end_unwritten(task, "not_written", what); });
}

void ReadRun::end_unwritten(DocumentTask& task, const std::string& reason,
                            const std::string& detail) {
  if (is_stopped_) return;
  task.writer.reset();
  task.layer.reset();
  task.outcome.record.clear();
  task.outcome.markdown.clear();
  task.outcome.pdf.clear();
  task.outcome.reason = reason;
  task.outcome.detail = detail;
  end_task(task, DocumentState::Failed);
}

void ReadRun::stop(const Error& error) { end_run(error); }

void ReadRun::interrupt() {
  if (is_stopped_) return;
  is_stopped_ = true;
  left_in_queue_ = queued_count();
  desk_.close();
  for (const auto& task : tasks_) {
    if (task->state == DocumentTask::State::Queued) (void)look_at(*task);
    const bool has_results = task->state >= DocumentTask::State::Queued;
    if (has_results && task->stored.opened) write_interrupted(*task);
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

std::string ReadRun::status_line() const {
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("version", std::uint32_t{1}).member("kind", "read");
  json.member("pid", std::int64_t{getpid()}).member("lang", std::string_view(options_.lang));
  desk_.append_status(json);
  json.member("documents_left", std::uint64_t{tasks_.size()}).end_object();
  return text + "\n";
}

ReadSnapshot ReadRun::snapshot() const {
  ReadSnapshot now = totals_;
  for (const auto& task : tasks_) {
    const bool is_queued = task->state == DocumentTask::State::Queued;
    if (!is_queued && task->state != DocumentTask::State::Reading) continue;
    now.current = task->file;
    now.current_pages = is_queued ? task->page_count.value_or(0) : task->pages.page_count();
    now.current_done = is_queued ? task->pages_seen : task->pages.page_count() - task->pages.left();
    break;
  }
  for (const PooledReader& reader : desk_.readers()) {
    const ProcessMemory memory = probe_process(reader.pid());
    now.memory_used =
        now.memory_used + memory.anonymous.value_or(Bytes{}) + memory.swap.value_or(Bytes{});
  }
  return now;
}

}  // namespace civicum
