// SPDX-License-Identifier: GPL-3.0-or-later
// `civicum add`: hands documents in and returns. What was said to be added is there for good.
#include "base/json.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/parsing.h"
#include "cli/read_options.h"
#include "cli/store_options.h"
#include "cli/table.h"
#include "cli/talk.h"
#include "node/digest.h"
#include "node/document_jobs.h"
#include "node/inputs.h"

namespace civicum {
namespace {

struct AddRequest {
  StorePlace place;
  std::vector<std::string> inputs;
  AddOptions options;
  bool is_json = false;
  bool is_quiet = false;
};

struct Added {
  std::string file;
  AddedDocument document;
};

class AddCommand {
 public:
  explicit AddCommand(AddRequest request) : request_(std::move(request)) {}

  Result<int> run() {
    (void)TRY(check_lang(request_.options.reading.lang));
    if (clean_utf8(request_.options.password) != request_.options.password) {
      return Error{ErrorKind::BadInput, "--password: it is not UTF-8"};
    }
    (void)TRY(settle(request_.place));
    Store store = TRY(open_store(request_.place));
    const auto blobs = TRY(store.open_blobs(request_.place.blobs, request_.place.data_folder));
    Inputs inputs = expand_inputs(request_.inputs, "");
    (void)TRY(spool_streams(inputs, request_.place.data_folder));
    for (const InputFailure& failure : inputs.failures) say_failure(failure.error.what);
    const Status all = add_all(store, *blobs, inputs);
    if (request_.is_json) (void)TRY(print(render_json()));
    if (!all) return all.error();
    if (added_.empty()) {
      if (failures_ == 0) say_failure("nothing to add: no PDF, PNG, JPEG or TIFF was named");
      return exit_bad_usage;
    }
    return failures_ > 0 ? exit_with_findings : exit_well;
  }

 private:
  /// An input that cannot be read costs only itself; a store that cannot be written ends it all,
  /// but for what was added before.
  Status add_all(Store& store, Blobs& blobs, Inputs& inputs) {
    for (Input& input : inputs.documents) (void)TRY(add(store, blobs, input));
    return Done{};
  }

  Status add(Store& store, Blobs& blobs, Input& input) {
    const Result<NewOriginal> original = digest(input);
    if (!original) {
      say_failure(original.error().what);
      return Done{};
    }
    const auto document = add_document(store, blobs, *original, request_.options);
    if (!document && document.error().kind == ErrorKind::TooLarge) {
      say_failure(original->file + ": " + document.error().what);
      return Done{};
    }
    if (!document) {
      Error error = document.error();
      error.what = original->file + ": " + error.what;
      return error;
    }
    (void)store.announce();  // a worker that does not hear it looks for itself
    added_.push_back({original->file, *document});
    if (!request_.is_json && !request_.is_quiet) {
      return print("document " + std::to_string(document->id) + "  " + original->file +
                   (document->is_new ? "\n" : "  (was there already)\n"));
    }
    return Done{};
  }

  static Result<NewOriginal> digest(Input& input) {
    if (!input.spool) input.spool = TRY(open_file(input.path, O_RDONLY | O_NOCTTY));
    const std::string file = clean_utf8(input.name);
    const ContentId content = TRY(digest_whole(input.spool.get()));
    if (content.size == 0) return Error{ErrorKind::BadInput, file + ": the file has no bytes"};
    return NewOriginal{input.spool.get(), file, content.sha256, content.size};
  }

  void say_failure(const std::string& what) {
    ++failures_;
    talk("civicum: " + what);
  }

  std::string render_json() const {
    std::string text;
    JsonWriter json(text);
    json.begin_object().member("version", std::uint32_t{1}).key("documents").begin_array();
    for (const Added& added : added_) {
      json.line_break().begin_object().member("id", added.document.id);
      json.member("file", std::string_view(added.file)).member("is_new", added.document.is_new);
      json.end_object();
    }
    json.end_array().end_object();
    return text + "\n";
  }

  AddRequest request_;
  std::vector<Added> added_;
  std::size_t failures_ = 0;
};

}  // namespace

int run_add(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Hands documents in and returns at once: their originals are kept in the store, and a "
      "worker\n"
      "reads them (civicum worker, here or on another machine that shares the store). What was\n"
      "handed in before, with the same options, is not read again.",
      "civicum add");
  AddRequest request;
  app.add_option("inputs", request.inputs, "Files, folders, or - for standard input")
      ->required()
      ->type_name("FILE|DIR|-");
  add_store_options(app, request.place);
  add_blobs_option(app, request.place);
  app.add_option("--lang", request.options.reading.lang, "Languages of the pages: spa, spa+eng")
      ->type_name("LANG")
      ->capture_default_str();
  app.add_option("--dpi", request.options.reading.dpi.value, "Resolution for OCR")
      ->type_name("N")
      ->check(CLI::Range(dpi_min, dpi_max))
      ->capture_default_str();
  app.add_option("--password", request.options.password,
                 "Of encrypted documents; the store keeps it until they are read")
      ->type_name("TEXT");
  app.add_flag("--json", request.is_json, "Print what was added as JSON");
  app.add_flag("-q,--quiet", request.is_quiet, "Print nothing but errors");
  app.footer("Example:\n  civicum add archivo/ && civicum docs wait");
  if (const auto code = parse_or_end(app, arguments)) return *code;
  return code_or_fail(AddCommand(std::move(request)).run());
}

}  // namespace civicum
