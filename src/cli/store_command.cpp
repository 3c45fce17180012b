// SPDX-License-Identifier: GPL-3.0-or-later
// `civicum store`: makes a store, and looks whether one is whole.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/json.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/parsing.h"
#include "cli/store_options.h"
#include "cli/table.h"

namespace civicum {
namespace {

struct StoreRequest {
  StorePlace place;
  std::string url;
  bool is_json = false;
};

Result<int> init(const StoreRequest& request) {
  StorePlace place = request.place;
  if (!request.url.empty()) place.store = request.url;
  const Store store = TRY(open_store(place));
  (void)TRY(print("the store " + store.name() + " is ready\n"));
  return exit_well;
}

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
  Store store = TRY(open_store(request.place));
  const auto blobs = TRY(store.open_blobs(request.place.blobs, request.place.data_folder));
  const std::vector<std::string> findings = TRY(store.check(*blobs));
  if (request.is_json) {
    (void)TRY(print(findings_json(store, findings)));
  } else {
    for (const std::string& finding : findings) (void)TRY(print(finding + "\n"));
    (void)TRY(print(findings.empty() ? "the store " + store.name() + " is whole\n"
                                     : fmt::format("{} findings\n", findings.size())));
  }
  return findings.empty() ? exit_well : exit_with_findings;
}

struct Subcommand {
  const char* name;
  const char* summary;
  Result<int> (*run)(const StoreRequest& request);
};
constexpr std::array subcommands = {
    Subcommand{"init", "Makes a store, or brings an older one up to date", init},
    Subcommand{"check", "Looks whether a store is whole: pages, jobs, leases, originals", check},
};

}  // namespace

int run_store(const std::vector<std::string>& arguments) {
  CLI::App app("The store itself.", "civicum store");
  app.require_subcommand(1);
  StoreRequest request;
  for (const Subcommand& subcommand : subcommands) {
    CLI::App& sub = *app.add_subcommand(subcommand.name, subcommand.summary);
    add_store_options(sub, request.place);
    add_blobs_option(sub, request.place);
    if (sub.get_name() == "init") {
      sub.add_option("url", request.url, "sqlite:PATH or postgres://… (default: --store)")
          ->type_name("URL");
    } else {
      sub.add_flag("--json", request.is_json, "As JSON");
    }
  }
  if (const auto code = parse_or_end(app, arguments)) return *code;
  const auto* chosen =
      std::find_if(subcommands.begin(), subcommands.end(),
                   [&](const Subcommand& one) { return app.got_subcommand(one.name); });
  return code_or_fail(chosen->run(request));
}

}  // namespace civicum
