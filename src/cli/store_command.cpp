// SPDX-License-Identifier: GPL-3.0-or-later
// `civicum store`: makes a store, and looks whether one is whole.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>

#include "base/json.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/parsing.h"
#include "cli/store_options.h"
#include "cli/table.h"
#include "cli/talk.h"
#include "node/digest.h"

namespace civicum {
namespace {

constexpr std::size_t pages_per_step = 200;
constexpr auto talk_interval = std::chrono::seconds(2);

struct StoreRequest {
  StorePlace place;
  std::string url;
  std::string to_url;
  std::string to_blobs;
  bool is_json = false;
  bool is_quick = false;
};

/// Pages of a store of before there was search, or of another one.
Status index_all(Store& store) {
  while (TRY(store.search().index_missing(pages_per_step)) > 0) {
  }
  return Done{};
}

/// What an administrator has to run is said line by line, so that it can be pasted.
int fail_with_commands(const Error& error, const std::vector<std::string>& commands) {
  const int code = fail(error);
  for (const std::string& command : commands) talk("  " + command);
  return code;
}

Result<int> init(const StoreRequest& request) {
  const std::string& where = request.url.empty() ? request.place.store : request.url;
  (void)TRY(make_folder(request.place.data_folder, 0700));
  PgPreparation preparation;
  Result<Store> store =
      Store::init(where, request.place.data_folder, request.place.allowed_hosts, preparation);
  for (const std::string& made : preparation.made) (void)TRY(print("made " + made + "\n"));
  if (!store) return fail_with_commands(store.error(), preparation.commands);
  (void)TRY(index_all(*store));
  (void)TRY(print("the store " + store->name() + " is ready\n"));
  return exit_well;
}

Result<std::string> digest_of(int fd) { return TRY(digest_whole(fd)).sha256; }

std::string findings_json(const Store& store, const std::vector<std::string>& findings) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("version", std::uint32_t{1});
  json.member("store", std::string_view(store.name())).key("findings").begin_array();
  for (const std::string& finding : findings) json.line_break().value(std::string_view(finding));
  json.end_array().end_object();
  return text + "\n";
}

Result<int> check(const StoreRequest& request) {
  Store store = TRY(open_store(request.place, IfMissing::Refuse));
  const auto blobs = TRY(store.open_blobs(request.place.blobs, request.place.data_folder));
  const std::vector<std::string> findings =
      TRY(store.check(*blobs, request.is_quick ? ContentDigest() : digest_of));
  if (request.is_json) {
    (void)TRY(print(findings_json(store, findings)));
  } else {
    for (const std::string& finding : findings) (void)TRY(print(finding + "\n"));
    (void)TRY(print(findings.empty() ? "the store " + store.name() + " is whole\n"
                                     : fmt::format("{} findings\n", findings.size())));
  }
  return findings.empty() ? exit_well : exit_with_findings;
}

/// A store that is not at work here: nobody else may own it meanwhile.
struct CopySide {
  Store store;
  std::optional<FileLock> lock;
  std::unique_ptr<Blobs> blobs;
};

bool is_same_path(const std::string& one, const std::string& other) {
  std::error_code ignored;
  return one == other || std::filesystem::equivalent(one, other, ignored);
}

Result<CopySide> open_from(const StoreRequest& request) {
  StorePlace place = request.place;
  place.store = request.url;
  CopySide side{TRY(open_store(place, IfMissing::Refuse)), std::nullopt, nullptr};
  if (!side.store.is_remote()) side.lock = TRY(own_folder(side.store.folder()));
  side.blobs = TRY(side.store.open_blobs(request.place.blobs, place.data_folder));
  return side;
}

Result<CopySide> open_to(const StoreRequest& request, const Store& from) {
  StorePlace place = request.place;
  place.store = request.to_url;
  CopySide side{TRY(open_store(place)), std::nullopt, nullptr};
  if (is_same_path(side.store.name(), from.name())) {
    return Error{ErrorKind::BadInput, "FROM and TO are the same store, " + from.name()};
  }
  const bool is_owned = is_same_path(side.store.folder(), from.folder());
  if (!side.store.is_remote() && !is_owned) side.lock = TRY(own_folder(side.store.folder()));
  side.blobs = TRY(side.store.open_blobs(request.to_blobs, place.data_folder));
  return side;
}

Result<int> copy(const StoreRequest& request) {
  CopySide from = TRY(open_from(request));
  CopySide to = TRY(open_to(request, from.store));
  auto next_talk = std::chrono::steady_clock::now() + talk_interval;
  const CopyCounts counts =
      TRY(from.store.copy_to(*from.blobs, to.store, *to.blobs, [&next_talk](const CopyCounts& now) {
        if (std::chrono::steady_clock::now() < next_talk) return;
        next_talk += talk_interval;
        talk(fmt::format("{} originals, {} documents, {} pages …", now.originals, now.documents,
                         now.pages));
      }));
  (void)TRY(index_all(to.store));
  (void)TRY(print(fmt::format("copied {} documents, {} pages, {} jobs, {} originals to {}\n",
                              counts.documents, counts.pages, counts.jobs, counts.originals,
                              to.store.name())));
  if (counts.originals_missing == 0) return exit_well;
  talk(fmt::format("civicum: {} originals are missing in {}: civicum store check names them",
                   counts.originals_missing, from.store.name()));
  return exit_with_findings;
}

constexpr std::array subcommands = {
    Subcommand<StoreRequest>{"init", "Makes a store, or brings an older one up to date", init},
    Subcommand<StoreRequest>{"copy", "Copies a whole store into an empty one, SQLite or PostgreSQL",
                             copy},
    Subcommand<StoreRequest>{
        "check", "Looks whether a store is whole: pages, search, jobs, originals", check},
};

void add_arguments(CLI::App& sub, StoreRequest& request) {
  const std::string name = sub.get_name();
  add_store_options(sub, request.place);
  add_blobs_option(sub, request.place);
  if (name == "init") {
    sub.add_option("url", request.url, "sqlite:PATH or postgres://… (default: --store)")
        ->type_name("URL");
  }
  if (name == "copy") {
    sub.add_option("from", request.url, "sqlite:PATH or postgres://…")
        ->required()
        ->type_name("FROM");
    sub.add_option("to", request.to_url, "The same; it must hold nothing")
        ->required()
        ->type_name("TO");
    sub.add_option("--to-blobs", request.to_blobs, "Where originals go, as --blobs for FROM")
        ->type_name("PLACE");
  }
  if (name == "check") {
    sub.add_flag("--json", request.is_json, "As JSON");
    sub.add_flag("--quick", request.is_quick,
                 "Do not read the originals to compare their bytes with their digests");
  }
}

}  // namespace

int run_store(const std::vector<std::string>& arguments) {
  return run_group<StoreRequest>({"civicum store", "The store itself.", subcommands, add_arguments},
                                 arguments);
}

}  // namespace civicum
