// SPDX-License-Identifier: GPL-3.0-or-later
// `civicum read`: from words to a run and its exit code. The run itself is node/read_run.h.
#include <fmt/format.h>
#include <malloc.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/parsing.h"
#include "cli/read_options.h"
#include "cli/read_session.h"
#include "cli/store_options.h"
#include "cli/table.h"
#include "cli/talk.h"
#include "node/inputs.h"
#include "os/file_lock.h"
#include "store/store.h"

namespace civicum {
namespace {

namespace fs = std::filesystem;

/// `error` is what ended the run early; empty: nothing did.
std::string render_json(const std::vector<DocumentOutcome>& outcomes, const std::string& error) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("version", std::uint32_t{1}).key("documents").begin_array();
  for (const DocumentOutcome& outcome : outcomes) {
    json.line_break().begin_object().member("file", std::string_view(outcome.file));
    json.member("sha256", std::string_view(outcome.sha256)).member("state", name_of(outcome.state));
    json.member("pages_in", outcome.pages_in).member("pages_read", outcome.pages_read);
    json.member("gaps", outcome.gaps).member("degraded", outcome.degraded);
    json.member("damaged", outcome.damaged);
    json.member("pages_kept", outcome.pages_kept);
    for (const auto& [name, path] :
         {std::pair("record", &outcome.record), std::pair("markdown", &outcome.markdown),
          std::pair("pdf", &outcome.pdf)}) {
      if (!path->empty()) json.member(name, std::string_view(clean_utf8(*path)));
    }
    if (outcome.state == DocumentState::Failed) {
      json.key("error").begin_object().member("reason", std::string_view(outcome.reason));
      json.member("detail", std::string_view(outcome.detail)).end_object();
    } else if (!outcome.detail.empty()) {
      json.member("pdf_error", std::string_view(outcome.detail));
    }
    json.end_object();
  }
  json.end_array();
  if (!error.empty()) json.member("error", std::string_view(error));
  json.end_object();
  return text + "\n";
}

int exit_code_of_run(const std::vector<DocumentOutcome>& outcomes) {
  const auto is_failed = [](const DocumentOutcome& outcome) {
    return outcome.state == DocumentState::Failed;
  };
  const auto is_flawed = [](const DocumentOutcome& outcome) {
    return outcome.state != DocumentState::Finished || outcome.damaged > 0 ||
           !outcome.detail.empty();
  };
  if (std::all_of(outcomes.begin(), outcomes.end(), is_failed)) return exit_bad_usage;
  return std::any_of(outcomes.begin(), outcomes.end(), is_flawed) ? exit_with_findings : exit_well;
}

const char* reason_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::NotFound:
      return "not_found";
    case ErrorKind::Denied:
      return "no_permission";
    case ErrorKind::TooLarge:
      return "too_large";
    default:
      return "unsupported";
  }
}

Error nothing_to_read() {
  return {ErrorKind::BadInput, "nothing to read: no PDF, PNG, JPEG or TIFF among what was named"};
}

/// `civicum read` from its inputs to its exit code; holds what is known of each document however
/// the run ends.
class ReadCommand {
 public:
  explicit ReadCommand(ReadRequest request) : request_(std::move(request)) {}

  int run() {
    const Result<int> code = read();
    const int exit_code = code ? *code : fail(code.error());
    if (request_.format == OutputFormat::Json) {
      const Status printed = print(render_json(outcomes_, code ? "" : code.error().what));
      if (!printed) return fail(printed.error());
    }
    return exit_code;
  }

 private:
  Result<int> read() {
    ReadOptions& options = request_.options;
    options.reader_program = TRY(reader_beside_us());
    (void)TRY(check_output_folder());
    Inputs inputs = expand_inputs(request_.arguments, options.out_folder);
    take_failures(inputs);
    if (inputs.documents.empty()) return nothing_to_read();
    (void)TRY(make_folder(options.data_folder, 0700));
    (void)TRY(make_folder(options.out_folder, 0));
    Store store = TRY(open_store(request_.place));
    std::optional<FileLock> lock;
    if (!store.is_remote()) lock = TRY(try_own_folder(store.folder()));
    const Reading reading = reading_of(store, lock.has_value());
    const auto blobs = TRY(store.open_blobs(request_.place.blobs, options.data_folder));
    (void)TRY(spool_streams(inputs, options.data_folder));
    take_failures(inputs);
    if (inputs.documents.empty()) return nothing_to_read();
    ReadSession session(store, *blobs, request_, reading);
    const Status worked = session.work(std::move(inputs.documents));
    outcomes_.insert(outcomes_.end(), session.outcomes().begin(), session.outcomes().end());
    if (session.left_in_queue() > 0) {
      talk(fmt::format("civicum: {} documents stay in the queue of {}: civicum jobs list",
                       session.left_in_queue(), store.name()));
    }
    if (!worked) return worked.error();
    return session.is_interrupted() ? exit_interrupted : exit_code_of_run(outcomes_);
  }

  static Reading reading_of(const Store& store, bool is_owned) {
    if (store.is_remote()) return Reading::ByWorkers;
    if (is_owned) return Reading::Here;
    talk(
        fmt::format("civicum: {} owns {}: what is handed in is read there, or here once it has "
                    "ended (--data DIR reads beside it)",
                    owner_of(store.folder()), store.folder()));
    return Reading::ByOwner;
  }

  /// A PDF among the inputs is one more input the next time.
  Status check_output_folder() const {
    if (request_.options.pdf == PdfOutput::No) return Done{};
    for (const std::string& argument : request_.arguments) {
      std::error_code ignored;
      const bool is_same = fs::is_directory(argument, ignored) &&
                           fs::equivalent(argument, request_.options.out_folder, ignored);
      if (!is_same) continue;
      return Error{ErrorKind::BadInput,
                   "--out is the input folder " + argument +
                       ": with --pdf the results would be read as inputs the next time; name "
                       "another folder, one below it is left out"};
    }
    return Done{};
  }

  void take_failures(Inputs& inputs) {
    for (const InputFailure& failure : std::exchange(inputs.failures, {})) {
      talk("civicum: " + failure.error.what);
      DocumentOutcome outcome;
      outcome.file = clean_utf8(failure.path);
      outcome.state = DocumentState::Failed;
      outcome.reason = reason_of(failure.error.kind);
      outcome.detail = failure.error.what;
      outcomes_.push_back(std::move(outcome));
    }
  }

  ReadRequest request_;
  std::vector<DocumentOutcome> outcomes_;
};

}  // namespace

int run_read(const std::vector<std::string>& arguments) {
  // Pages' texts come and go in pieces of all sizes: without these the heap only grows.
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_TRIM_THRESHOLD, 1 << 20);
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
  auto parsed = parse_read(arguments, probe_defaults());
  if (!parsed) return fail(parsed.error());
  if (const auto* help = std::get_if<std::string>(&*parsed)) {
    std::fputs(help->c_str(), stdout);
    return exit_well;
  }
  return ReadCommand(std::get<ReadRequest>(*std::move(parsed))).run();
}

}  // namespace civicum
