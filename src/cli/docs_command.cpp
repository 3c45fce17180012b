// SPDX-License-Identifier: GPL-3.0-or-later
// `civicum docs`: the documents of a store.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include "base/json.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/parsing.h"
#include "cli/store_options.h"
#include "cli/table.h"
#include "cli/talk.h"
#include "node/export.h"

namespace civicum {
namespace {

constexpr std::uint32_t rows_per_query = 500;
constexpr std::size_t flawed_said_max = 10;
constexpr auto wait_interval = std::chrono::milliseconds(200);

struct DocsRequest {
  StorePlace place;
  std::vector<DocumentId> ids;
  std::string state;
  std::uint32_t page = 0;  ///< 0: all
  std::string query;
  std::uint32_t limit = 20;
  std::uint32_t timeout_s = 0;
  bool is_json = false;
  bool is_quiet = false;
};

Result<std::vector<DocumentRow>> all_documents(Store& store, const std::string& state) {
  std::vector<DocumentRow> all;
  while (true) {
    const DocumentId after = all.empty() ? 0 : all.back().id;
    std::vector<DocumentRow> some = TRY(store.documents().list({state, after, rows_per_query}));
    if (some.empty()) return all;
    all.insert(all.end(), some.begin(), some.end());
  }
}

/// Those that were named, or all of them.
Result<std::vector<DocumentRow>> chosen_documents(Store& store, const DocsRequest& request) {
  if (request.ids.empty()) return all_documents(store, request.state);
  std::vector<DocumentRow> chosen;
  for (const DocumentId id : request.ids) chosen.push_back(TRY(store.documents().show(id)));
  return chosen;
}

void append_document(JsonWriter& json, const DocumentRow& row) {
  json.begin_object().member("id", row.id).member("file", std::string_view(row.file));
  json.member("sha256", std::string_view(row.sha256)).member("state", std::string_view(row.state));
  json.key("pages_in");
  if (row.opened) {
    json.value(row.opened->page_count);
  } else {
    json.null();
  }
  json.member("pages_read", row.pages_read).member("gaps", row.gaps);
  json.member("size_bytes", row.size).member("options", std::string_view(row.options));
  json.member("added_at", row.added_at_ms);
  if (row.ended_at_ms) json.member("ended_at", *row.ended_at_ms);
  if (!row.reason.empty()) {
    json.key("error").begin_object().member("reason", std::string_view(row.reason));
    json.member("detail", std::string_view(row.detail)).end_object();
  }
  json.end_object();
}

std::string documents_json(const std::vector<DocumentRow>& rows) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("version", std::uint32_t{1}).key("documents").begin_array();
  for (const DocumentRow& row : rows) append_document(json.line_break(), row);
  json.end_array().end_object();
  return text + "\n";
}

std::string pages_in(const DocumentRow& row) {
  return row.opened ? std::to_string(row.opened->page_count) : "?";
}

std::string state_of(const DocumentRow& row) {
  return row.reason.empty() ? row.state : row.state + " (" + row.reason + ")";
}

Result<int> list(const DocsRequest& request) {
  Store store = TRY(open_store(request.place, IfMissing::Refuse));
  const std::vector<DocumentRow> rows = TRY(all_documents(store, request.state));
  if (request.is_json) {
    (void)TRY(print(documents_json(rows)));
    return exit_well;
  }
  std::vector<std::vector<std::string>> cells;
  cells.reserve(rows.size());
  for (const DocumentRow& row : rows) {
    cells.push_back({std::to_string(row.id), row.file, state_of(row), pages_in(row),
                     std::to_string(row.pages_read), std::to_string(row.gaps),
                     render_time(row.added_at_ms)});
  }
  (void)TRY(
      print(render_table({">ID", "FILE", "STATE", ">PAGES", ">READ", ">GAPS", "ADDED"}, cells)));
  return exit_well;
}

Result<int> show(const DocsRequest& request) {
  Store store = TRY(open_store(request.place, IfMissing::Refuse));
  const std::vector<DocumentRow> rows = TRY(chosen_documents(store, request));
  if (request.is_json) {
    (void)TRY(print(documents_json(rows)));
    return exit_well;
  }
  for (const DocumentRow& row : rows) {
    std::string text = fmt::format(
        "document  {}\nfile      {}\nstate     {}\npages     {} in, {} read, {} gaps\n"
        "size      {} bytes\nsha256    {}\noptions   {}\nadded     {}\n",
        row.id, row.file, row.state, pages_in(row), row.pages_read, row.gaps, row.size, row.sha256,
        row.options, render_time(row.added_at_ms));
    if (row.ended_at_ms) text += "ended     " + render_time(*row.ended_at_ms) + "\n";
    if (!row.reason.empty()) text += "error     " + row.reason + ": " + row.detail + "\n";
    (void)TRY(print(text));
  }
  return exit_well;
}

Result<int> text(const DocsRequest& request) {
  Store store = TRY(open_store(request.place, IfMissing::Refuse));
  const DocumentRow row = TRY(store.documents().show(request.ids.front()));
  const std::uint32_t page_count = row.opened ? row.opened->page_count : 0;
  if (request.page > page_count) {
    return Error{ErrorKind::NotFound, fmt::format("document {} has {} pages", row.id, page_count)};
  }
  const std::uint32_t first = request.page == 0 ? 0 : request.page - 1;
  const std::uint32_t end = request.page == 0 ? page_count : request.page;
  for (std::uint32_t i = first; i < end; ++i) {
    const std::string page = TRY(page_markdown(store.documents(), row.id, i));
    (void)TRY(print(page));
  }
  return row.gaps > 0 || row.state == "failed" ? exit_with_findings : exit_well;
}

std::string hits_json(const SearchResult& result, const std::vector<std::string>& files) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("version", std::uint32_t{1}).key("hits").begin_array();
  for (std::size_t i = 0; i < result.hits.size(); ++i) {
    const SearchHit& hit = result.hits[i];
    json.line_break().begin_object().member("document", hit.document);
    json.member("file", std::string_view(files[i])).member("page", hit.page_index + 1);
    json.member("snippet", std::string_view(hit.snippet)).key("rank").value(hit.rank, 4);
    json.end_object();
  }
  json.end_array().member("limited", result.is_limited).end_object();
  return text + "\n";
}

std::string hits_text(const SearchResult& result, const std::vector<std::string>& files) {
  std::string text;
  for (std::size_t i = 0; i < result.hits.size(); ++i) {
    const SearchHit& hit = result.hits[i];
    text += fmt::format("document {} {}, page {}\n    {}\n", hit.document, files[i],
                        hit.page_index + 1, hit.snippet);
  }
  return text;
}

Result<int> search(const DocsRequest& request) {
  Store store = TRY(open_store(request.place, IfMissing::Refuse));
  const SearchResult result = TRY(store.search().find({request.query, request.limit, {}}));
  std::vector<std::string> files;
  for (const SearchHit& hit : result.hits) {
    const DocumentRow row = TRY(store.documents().show(hit.document));
    files.push_back(row.file);
  }
  (void)TRY(print(request.is_json ? hits_json(result, files) : hits_text(result, files)));
  if (result.is_limited && !request.is_json) {
    talk(fmt::format("civicum: more than {} pages have these words; the first of them were ranked",
                     ranked_pages_max));
  }
  return exit_well;
}

bool has_ended(const DocumentRow& row) { return row.ended_at_ms.has_value(); }

/// Of all documents, those that have ended; of those that were named, the others are said.
Result<int> export_records(const DocsRequest& request) {
  Store store = TRY(open_store(request.place, IfMissing::Refuse));
  std::vector<DocumentRow> rows = TRY(chosen_documents(store, request));
  const auto unread = std::stable_partition(rows.begin(), rows.end(), has_ended);
  bool is_any_removed = false;
  for (auto row = rows.begin(); row != unread; ++row) {
    const Status exported = export_record(store, *row, request.place.data_folder, print);
    if (!exported && exported.error().kind != ErrorKind::NotFound) return exported.error();
    if (exported) continue;
    talk("civicum: " + exported.error().what);
    is_any_removed = true;
  }
  if (request.ids.empty()) return exit_well;
  for (auto row = unread; row != rows.end(); ++row) {
    talk(fmt::format("civicum: document {} is not read yet ({})", row->id, row->state));
  }
  return unread == rows.end() && !is_any_removed ? exit_well : exit_with_findings;
}

/// What was done, as a sentence.
Result<std::string> remove_one(Store& store, DocumentId id) {
  const DocumentRow row = TRY(store.documents().show(id));
  (void)TRY(store.documents().remove(id));
  const bool is_last = TRY(store.documents().count_of_content(row.sha256)) == 0;
  return fmt::format("document {} {}: removed with its pages, its jobs{}\n", id, row.file,
                     is_last ? " and its original" : "; its original is another document's too");
}

/// A number that is none is said, and the others are removed.
Status remove_each(Store& store, const DocsRequest& request) {
  Status all = Done{};
  for (const DocumentId id : request.ids) {
    const Result<std::string> sentence = remove_one(store, id);
    if (sentence && !request.is_quiet) (void)TRY(print(*sentence));
    if (sentence) continue;
    if (sentence.error().kind != ErrorKind::NotFound) return sentence.error();
    all = sentence.error();
  }
  return all;
}

Result<int> remove(const DocsRequest& request) {
  Store store = TRY(open_store(request.place, IfMissing::Refuse));
  const auto blobs = TRY(store.open_blobs(request.place.blobs, request.place.data_folder));
  const Status all = remove_each(store, request);
  if (!all && all.error().kind != ErrorKind::NotFound) return all.error();
  const Status originals = store.remove_doomed_originals(*blobs);
  (void)TRY(store.scrub());
  (void)TRY(originals);
  (void)TRY(all);
  return exit_well;
}

/// True once nothing that was asked for is open any more.
Result<bool> is_over(Store& store, const DocsRequest& request) {
  for (const DocumentId id : request.ids) {
    (void)TRY(store.documents().show(id));  // a number that is none is said
    if (TRY(store.documents().is_pending(id))) return false;
  }
  if (!request.ids.empty()) return true;
  const std::vector<JobCount> counts = TRY(store.jobs().count());
  return std::none_of(counts.begin(), counts.end(), [](const JobCount& count) {
    return count.state != JobState::Dead && count.state != JobState::Cancelled;
  });
}

/// Why a document is not done.
std::string flaw_of(const DocumentRow& row) {
  const std::string name = fmt::format("document {} {}: ", row.id, row.file);
  if (row.state == "failed") return name + "not read (" + row.reason + "): " + row.detail;
  if (row.gaps > 0) return name + fmt::format("{} of {} pages not read", row.gaps, pages_in(row));
  if (!row.is_kept) return name + "it was not handed in whole: add it again";
  return name + "nothing is being done about it: the next worker that starts begins it anew";
}

Result<int> wait(const DocsRequest& request) {
  Store store = TRY(open_store(request.place, IfMissing::Refuse));
  const auto begin = std::chrono::steady_clock::now();
  while (!TRY(is_over(store, request))) {
    const auto waited = std::chrono::steady_clock::now() - begin;
    if (request.timeout_s > 0 && waited > std::chrono::seconds(request.timeout_s)) {
      return Error{ErrorKind::TimedOut,
                   fmt::format("not done after {} s; is a worker running? civicum jobs list",
                               request.timeout_s)};
    }
    std::this_thread::sleep_for(wait_interval);
  }
  const std::vector<DocumentRow> rows = TRY(chosen_documents(store, request));
  std::size_t flawed = 0;
  for (const DocumentRow& row : rows) {
    if (row.state == "done") continue;
    if (++flawed <= flawed_said_max) talk("civicum: " + flaw_of(row));
  }
  if (flawed > flawed_said_max) {
    talk(fmt::format("civicum: and {} more: civicum docs list", flawed - flawed_said_max));
  }
  return flawed > 0 ? exit_with_findings : exit_well;
}

constexpr std::array subcommands = {
    Subcommand<DocsRequest>{"list", "Every document with its state", list},
    Subcommand<DocsRequest>{"show", "All that is known of documents", show},
    Subcommand<DocsRequest>{"text", "The text of a document, page by page", text},
    Subcommand<DocsRequest>{"search", "Finds pages by their words", search},
    Subcommand<DocsRequest>{"export", "Records as JSON lines, one for each document that has ended",
                            export_records},
    Subcommand<DocsRequest>{"remove", "Removes documents with all that was made of them", remove},
    Subcommand<DocsRequest>{"wait", "Waits until documents, or all open jobs, have ended", wait},
};

void add_arguments(CLI::App& sub, DocsRequest& request) {
  const std::string name = sub.get_name();
  add_store_options(sub, request.place);
  if (name == "remove") add_blobs_option(sub, request.place);
  if (name == "search") {
    sub.add_option("query", request.query,
                   "Words that a page must have, in any form; \"a phrase\", -without, begin*")
        ->required();
    sub.add_option("--limit", request.limit, "At most so many pages")
        ->type_name("N")
        ->check(CLI::Range(1U, search_hits_max))
        ->capture_default_str();
    sub.footer(
        "A query that begins with - stands behind --: civicum docs search -- '-borrador oficio'");
  } else if (name != "list") {
    auto* ids = sub.add_option("ids", request.ids, "Numbers of documents (civicum docs list)");
    ids->type_name("ID");
    if (name == "show" || name == "text" || name == "remove") ids->required();
    if (name == "text") ids->expected(1);
  }
  if (name == "list") {
    sub.add_option("--state", request.state, "Only those")
        ->check(CLI::IsMember({"received", "reading", "done", "done_with_gaps", "failed"}));
  }
  if (name == "text")
    sub.add_option("--page", request.page, "Only this page, from 1")->type_name("N");
  if (name == "wait") {
    sub.add_option("--timeout", request.timeout_s, "Seconds; 0: for ever")->type_name("N");
  }
  if (name == "list" || name == "show" || name == "search")
    sub.add_flag("--json", request.is_json, "As JSON");
  if (name == "remove") sub.add_flag("-q,--quiet", request.is_quiet, "Say nothing on success");
}

}  // namespace

int run_docs(const std::vector<std::string>& arguments) {
  return run_group<DocsRequest>(
      {"civicum docs", "The documents of a store.", subcommands, add_arguments}, arguments);
}

}  // namespace civicum
