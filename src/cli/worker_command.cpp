// SPDX-License-Identifier: GPL-3.0-or-later
// `civicum worker`: works on a store until it is told to stop or nothing is left to do.
#include <fmt/format.h>
#include <malloc.h>

#include <csignal>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/parsing.h"
#include "cli/read_options.h"
#include "cli/store_options.h"
#include "cli/talk.h"
#include "node/worker.h"
#include "plan/admission.h"

namespace civicum {
namespace {

// A beat is a quarter of it; on a machine under load one comes late.
constexpr std::uint32_t lease_seconds_default = lease_time / std::chrono::seconds(1);
constexpr std::uint32_t lease_seconds_min = 2;
constexpr std::uint32_t lease_seconds_max = lease_time_max / std::chrono::seconds(1);

struct WorkerRequest {
  StorePlace place;
  WorkerOptions options;
  std::string memory;
  std::uint32_t lease_seconds = lease_seconds_default;
  bool is_until_idle = false;
  bool is_quiet = false;
};

/// One line for each document that ended, and for each page that could not be read.
class WorkerTalk : public WorkerObserver {
 public:
  explicit WorkerTalk(bool is_quiet) : is_quiet_(is_quiet) {}

  void on_document_ended(const DocumentRow& document) override {
    if (is_quiet_ && document.state == "done") return;
    const std::string what =
        document.state == "failed"
            ? fmt::format("not read ({}): {}", document.reason, document.detail)
            : fmt::format("{} of {} pages read, {} gaps", document.pages_read,
                          document.opened ? document.opened->page_count : 0, document.gaps);
    talk(fmt::format("document {} {}: {}", document.id, document.file, what));
  }
  void on_gap(const std::string& file, std::uint32_t page_number, const Gap& gap) override {
    talk(fmt::format("{}: page {} not read ({}): {}", file, page_number, name_of(gap.reason),
                     gap.detail));
  }
  void on_event(const std::string& sentence) override { talk("civicum: " + sentence); }

 private:
  bool is_quiet_;
};

Result<int> work(WorkerRequest request) {
  WorkerOptions& options = request.options;
  options.desk.memory = TRY(parse_bytes(request.memory));
  if (options.desk.memory < memory_min) {
    return Error{ErrorKind::BadInput,
                 "--memory " + request.memory + ": one reader needs at least 192M"};
  }
  if (!options.lang.empty()) (void)TRY(check_lang(options.lang));
  const std::string first_lang = options.lang.empty() ? ReadingOptions().lang : options.lang;
  options.desk.command = {TRY(reader_beside_us()), first_lang};
  if (options.desk.jobs == 0) {
    options.desk.jobs = default_jobs(probe_defaults().cpu_count, options.desk.memory);
  }
  options.lease = std::chrono::seconds(request.lease_seconds);
  if (request.is_until_idle) options.end = WorkerOptions::End::WhenIdle;
  (void)TRY(settle(request.place));
  Store store = TRY(open_store(request.place));
  std::optional<FileLock> lock;
  if (!store.is_remote()) lock = TRY(own_folder(store.folder()));
  const auto blobs = TRY(store.open_blobs(request.place.blobs, request.place.data_folder));

  ReaderCages cages(options.desk.memory);
  options.desk.cages = &cages;
  Loop loop;
  WorkerTalk observer(request.is_quiet);
  boost::asio::signal_set signals(loop, SIGINT, SIGTERM);
  Worker worker(loop, store, *blobs, std::move(options), observer);
  int signal = 0;
  signals.async_wait([&](const boost::system::error_code& cancelled, int number) {
    if (cancelled) return;
    signal = number;
    worker.stop();
  });
  Status ended = Done{};
  worker.start([&](Status status) {
    ended = std::move(status);
    loop.stop();
  });
  loop.run();
  if (!ended) return ended.error();
  return signal == SIGINT ? exit_interrupted : exit_well;
}

}  // namespace

int run_worker(const std::vector<std::string>& arguments) {
  // Pages' texts come and go in pieces of all sizes: without these the heap only grows.
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_TRIM_THRESHOLD, 1 << 20);
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
  CLI::App app(
      "Reads the documents that were handed in to a store (civicum add). Any number of workers, "
      "on\n"
      "any number of machines, share one PostgreSQL store; a SQLite store has one at a time. What "
      "a\n"
      "worker that dies had in hand goes back to the others.",
      "civicum worker");
  WorkerRequest request;
  request.memory = std::to_string(probe_defaults().memory.count >> 20) + "M";
  request.options.desk.jobs = 0;
  add_store_options(app, request.place);
  add_blobs_option(app, request.place);
  app.add_option("-j,--jobs", request.options.desk.jobs, "Readers at a time")
      ->type_name("N")
      ->check(CLI::Range(1U, jobs_max));
  app.add_option("--memory", request.memory, "Budget of all processes together, as 512M or 2G")
      ->type_name("SIZE")
      ->capture_default_str();
  app.add_option("--lang", request.options.lang,
                 "Only documents that were added with this --lang (default: all, in turns)")
      ->type_name("LANG");
  app.add_option("--page-seconds", request.options.desk.page_seconds,
                 "CPU time that one page may take")
      ->type_name("N")
      ->check(CLI::Range(1U, 3600U))
      ->capture_default_str();
  app.add_option("--lease", request.lease_seconds,
                 "Others take over from a worker that is silent for so long (frozen, cut off)")
      ->type_name("SECONDS")
      ->check(CLI::Range(lease_seconds_min, lease_seconds_max))
      ->capture_default_str();
  app.add_flag("--until-idle", request.is_until_idle, "End when no job is open");
  app.add_flag("-q,--quiet", request.is_quiet, "Only what went wrong");
  app.footer("SIGTERM and Ctrl-C give back what is in hand and end.");
  if (const auto code = parse_or_end(app, arguments)) return *code;
  return code_or_fail(work(std::move(request)));
}

}  // namespace civicum
