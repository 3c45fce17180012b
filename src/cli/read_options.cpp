// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/read_options.h"

#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdint>
#include <set>

#include "host/cpu.h"
#include "host/memory.h"
#include "plan/admission.h"

namespace civicum {
namespace {

const char* const description =
    "Reads PDFs, PNG, JPEG and TIFF images, whole folders, or standard input (-). For each input "
    "it\n"
    "writes NAME.json (text, words with boxes, verified fields, a summary) and NAME.md (text by "
    "page).\n"
    "Pages already read with the same options are not read again: after an interruption, the same\n"
    "command goes on where it stopped.";

const char* const examples =
    "Examples:\n"
    "  civicum read oficio.pdf                      results in civicum-out/\n"
    "  civicum read archivo/ --out leido --pdf      a folder; searchable PDFs too\n"
    "  curl -s … | civicum read - --json            standard input; what was done, as JSON\n"
    "  civicum read planos/ --memory 1G --jobs 2    within 1 GiB, two readers\n"
    "\n"
    "Exit codes: 0 all well; 1 gaps, damaged pages or unreadable inputs; 2 bad usage, or nothing\n"
    "could be read; 3 refused by budget; 4 something needed is missing; 70 a bug; 130 ended by\n"
    "Ctrl-C.";

/// The words of the command line before they are checked.
struct Words {
  std::string memory;
  std::string summary = "auto";
  std::uint32_t jobs = 0;
  std::uint32_t dpi = 200;
  bool is_pdf_wanted = false;
  bool is_json_wanted = false;
  bool is_quiet_wanted = false;
};

void add_options(CLI::App& app, ReadRequest& request, Words& words) {
  ReadOptions& options = request.options;
  app.add_option("inputs", request.arguments, "Files, folders, or - for standard input")
      ->required()
      ->type_name("FILE|DIR|-");
  app.add_option("-o,--out", options.out_folder, "Folder for the results")
      ->type_name("DIR")
      ->capture_default_str();
  add_store_options(app, request.place);
  add_blobs_option(app, request.place);
  app.add_option("--lang", options.lang,
                 "Languages of the pages, as Tesseract names them: spa, spa+eng")
      ->type_name("LANG")
      ->capture_default_str();
  app.add_option("--dpi", words.dpi, "Resolution for OCR; small print is read again at 300")
      ->type_name("N")
      ->check(CLI::Range(dpi_min, dpi_max))
      ->capture_default_str();
  app.add_option("--memory", words.memory, "Budget of all processes together, as 512M or 2G")
      ->type_name("SIZE")
      ->capture_default_str();
  app.add_option("-j,--jobs", words.jobs, "Readers at a time")
      ->type_name("N")
      ->check(CLI::Range(1U, jobs_max));
  app.add_option("--page-seconds", options.page_seconds, "CPU time that one page may take")
      ->type_name("N")
      ->check(CLI::Range(1U, 3600U))
      ->capture_default_str();
  app.add_option("--password", options.password, "Opens encrypted PDFs")->type_name("TEXT");
  app.add_option("--summary", words.summary, "auto and extract: the best sentences; off: none")
      ->type_name("auto|extract|off")
      ->capture_default_str();
  app.add_flag("--pdf", words.is_pdf_wanted, "Also NAME.pdf: the original with a text layer");
  app.add_flag("--json", words.is_json_wanted, "Print what was done as JSON on standard output");
  app.add_flag("-q,--quiet", words.is_quiet_wanted, "No progress; errors still");
}

Result<SummaryChoice> parse_summary(const std::string& word) {
  if (word == "auto" || word == "extract") return SummaryChoice::Extract;
  if (word == "off") return SummaryChoice::Off;
  return Error{ErrorKind::BadInput,
               "--summary " + word + ": this version knows auto, extract and off"};
}

Result<ReadRequest> check_words(ReadRequest request, const Words& words,
                                const ReadDefaults& defaults) {
  ReadOptions& options = request.options;
  options.memory = TRY(parse_bytes(words.memory));
  if (options.memory < memory_min) {
    return Error{ErrorKind::BadInput,
                 "--memory " + words.memory + ": one reader needs at least 192M"};
  }
  (void)TRY(settle(request.place));
  options.data_folder = request.place.data_folder;
  (void)TRY(check_lang(options.lang));
  options.summary = TRY(parse_summary(words.summary));
  options.dpi = Dpi{words.dpi};
  options.jobs = words.jobs != 0 ? words.jobs : default_jobs(defaults.cpu_count, options.memory);
  options.pdf = words.is_pdf_wanted ? PdfOutput::Yes : PdfOutput::No;
  request.format = words.is_json_wanted ? OutputFormat::Json : OutputFormat::Text;
  request.verbosity = words.is_quiet_wanted ? Verbosity::Quiet : Verbosity::Normal;
  if (std::count(request.arguments.begin(), request.arguments.end(), "-") > 1) {
    return Error{ErrorKind::BadInput, "standard input (-) can be read only once"};
  }
  return request;
}

}  // namespace

ReadDefaults probe_defaults() {
  const MemoryFacts memory = probe_memory();
  const Bytes total = memory.total.value_or(gib(1));
  const Bytes usable = usable_memory(memory).value_or(total);
  return {usable_cpu_count(probe_cpu()), default_memory(total, usable)};
}

Status check_lang(const std::string& lang) {
  static const std::set<char> allowed = [] {
    std::set<char> chars = {'_', '+'};
    for (char c = 'a'; c <= 'z'; ++c) chars.insert(c);
    for (char c = 'A'; c <= 'Z'; ++c) chars.insert(c);
    return chars;
  }();
  const bool has_nameless =
      lang.starts_with('+') || lang.ends_with('+') || lang.find("++") != std::string::npos;
  const bool is_good =
      !lang.empty() && lang.size() < 64 && !has_nameless &&
      std::all_of(lang.begin(), lang.end(), [](char c) { return allowed.contains(c); });
  if (is_good) return Done{};
  return Error{ErrorKind::BadInput,
               "--lang " + lang + ": expected language names such as spa or spa+eng"};
}

Result<Bytes> parse_bytes(const std::string& text) {
  const auto wrong = [&text] {
    return Error{ErrorKind::BadInput, "'" + text + "' is no size: write 512M or 2G"};
  };
  std::size_t used = 0;
  double number = 0;
  try {
    number = std::stod(text, &used);
  } catch (const std::exception&) {  // std::stod throws on what is no number
    return wrong();
  }
  const std::string unit = text.substr(used);
  double factor = 1;
  if (unit == "K" || unit == "k") {
    factor = 1024.0;
  } else if (unit == "M" || unit == "m") {
    factor = 1024.0 * 1024;
  } else if (unit == "G" || unit == "g") {
    factor = 1024.0 * 1024 * 1024;
  } else if (!unit.empty()) {
    return wrong();
  }
  const double bytes = number * factor;
  if (!std::isfinite(bytes) || bytes < 0 || bytes > 1e15) return wrong();
  return Bytes{static_cast<std::uint64_t>(bytes)};
}

Result<std::variant<ReadRequest, std::string>> parse_read(const std::vector<std::string>& arguments,
                                                          const ReadDefaults& defaults) {
  CLI::App app(description, "civicum read");
  app.footer(examples);
  ReadRequest request;
  Words words;
  words.memory = std::to_string(defaults.memory.count >> 20) + "M";
  add_options(app, request, words);
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  try {
    app.parse(std::move(reversed));
  } catch (const CLI::CallForHelp&) {
    return std::variant<ReadRequest, std::string>(app.help());
  } catch (const CLI::ParseError& error) {
    return Error{ErrorKind::BadInput, std::string(error.what()) + "; see civicum read --help"};
  }
  return std::variant<ReadRequest, std::string>(
      TRY(check_words(std::move(request), words, defaults)));
}

}  // namespace civicum
