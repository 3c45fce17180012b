// SPDX-License-Identifier: GPL-3.0-or-later
// `civicum plan`: the memory ledger of this machine, or of one that is described; nothing is
// started.
#include <fmt/format.h>

#include "base/json.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/parsing.h"
#include "cli/read_display.h"
#include "cli/read_options.h"
#include "cli/table.h"
#include "host/cpu.h"
#include "host/memory.h"
#include "plan/memory_plan.h"

namespace civicum {
namespace {

struct PlanRequest {
  std::string host_folder = "/";
  std::string memory;
  std::string database = "sqlite";
  unsigned cpus = 0;
  std::uint32_t readers = 0;
  bool is_json = false;
};

PlanHost probe_host(const PlanRequest& request) {
  const HostRoot root{request.host_folder};
  const MemoryFacts memory = probe_memory(root);
  PlanHost host;
  host.memory = memory.total;
  const Bytes* limit = memory.limit ? std::get_if<Bytes>(&*memory.limit) : nullptr;
  if (limit != nullptr) host.limit = *limit;
  host.swap = memory.swap_total.value_or(Bytes{});
  host.cpu_count = request.cpus > 0 ? request.cpus : usable_cpu_count(probe_cpu(root));
  return host;
}

DatabaseKind database_of(const std::string& name) {
  if (name == "postgres") return DatabaseKind::Postgres;
  return name == "elsewhere" ? DatabaseKind::PostgresElsewhere : DatabaseKind::Sqlite;
}

std::string_view name_of(MemoryPlan::Basis basis) {
  switch (basis) {
    case MemoryPlan::Basis::Asked:
      return "asked";
    case MemoryPlan::Basis::CgroupLimit:
      return "cgroup_limit";
    case MemoryPlan::Basis::ShareOfMemory:
      return "share_of_memory";
    case MemoryPlan::Basis::Guess:
      return "guess";
  }
  return "";
}

std::string describe_budget(const MemoryPlan& plan) {
  std::string budget = render_bytes(plan.budget);
  switch (plan.basis) {
    case MemoryPlan::Basis::Asked:
      return budget + ", as asked";
    case MemoryPlan::Basis::CgroupLimit:
      return budget + ", the limit of the cgroup above";
    case MemoryPlan::Basis::ShareOfMemory:
      return fmt::format(
          "{}: NOTHING LIMITS civicum here, so it takes {} % of the memory "
          "(--memory sets another)",
          budget, unlimited_budget_percent);
    case MemoryPlan::Basis::Guess:
      return budget + ": how much memory there is CANNOT BE SEEN; set --memory";
  }
  return budget;
}

std::string render_people(const MemoryPlan& plan) {
  std::string text = "budget: " + describe_budget(plan) + "\n\n";
  std::vector<std::vector<std::string>> shares;
  for (const Share& share : plan.shares) {
    shares.push_back({share.name, std::string(name_of(share.kind)), render_bytes(share.bytes),
                      share.is_reclaimable ? "yes" : "", share.reason});
  }
  text += render_table({"SHARE", "KIND", ">MEMORY", "RECLAIMABLE", "WHY"}, shares) + "\n";
  std::vector<std::vector<std::string>> limits;
  for (const ConsumerLimits& one : plan.limits) {
    limits.push_back({one.name, render_bytes(one.memory_max), render_bytes(one.swap_max),
                      std::to_string(one.cpu_weight), std::to_string(one.pids_max),
                      std::to_string(one.oom_score_adj)});
  }
  text += render_table(
      {"LIMITS OF", ">MEMORY MAX", ">SWAP MAX", ">CPU WEIGHT", ">PIDS MAX", ">OOM_SCORE_ADJ"},
      limits);
  text += fmt::format("\nthreads: {} readers of {}, a model {}\n", plan.readers,
                      plan.reader_threads, plan.model_threads);
  for (const std::string& cut : plan.sacrificed) text += "cut: " + cut + "\n";
  for (const Shortfall& one : plan.missing) {
    text += fmt::format("MISSING: {} needs {}, {} are left: {}\n", one.what,
                        render_bytes(one.needed), render_bytes(one.left), one.remedy);
  }
  return text + "verdict: " + std::string(name_of(plan.verdict)) + "\n";
}

void append_shares(JsonWriter& json, const MemoryPlan& plan) {
  json.key("shares").begin_array();
  for (const Share& share : plan.shares) {
    json.line_break().begin_object().member("name", std::string_view(share.name));
    json.member("kind", name_of(share.kind)).member("bytes", share.bytes.count);
    json.member("reclaimable", share.is_reclaimable);
    json.member("reason", std::string_view(share.reason)).end_object();
  }
  json.end_array().line_break().key("limits").begin_array();
  for (const ConsumerLimits& one : plan.limits) {
    json.line_break().begin_object().member("name", std::string_view(one.name));
    json.member("memory_max_bytes", one.memory_max.count);
    json.member("swap_max_bytes", one.swap_max.count).member("cpu_weight", one.cpu_weight);
    json.member("pids_max", one.pids_max);
    json.member("oom_score_adj", std::int64_t{one.oom_score_adj}).end_object();
  }
  json.end_array();
}

std::string render_json(const MemoryPlan& plan) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("version", std::uint32_t{1});
  json.member("verdict", name_of(plan.verdict)).member("budget_bytes", plan.budget.count);
  json.member("budget_from", name_of(plan.basis)).member("readers", plan.readers);
  json.member("reader_threads", plan.reader_threads);
  json.member("model_threads", plan.model_threads);
  append_shares(json, plan);
  json.key("models").begin_array().end_array().key("missing").begin_array();
  for (const Shortfall& one : plan.missing) {
    json.begin_object().member("what", std::string_view(one.what));
    json.member("needed_bytes", one.needed.count).member("left_bytes", one.left.count);
    json.member("remedy", std::string_view(one.remedy)).end_object();
  }
  json.end_array().key("sacrificed").begin_array();
  for (const std::string& cut : plan.sacrificed) json.value(std::string_view(cut));
  json.end_array().end_object();
  return text + "\n";
}

int exit_code_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::Fits:
      return exit_well;
    case Verdict::Tight:
      return exit_with_findings;
    case Verdict::DoesNotFit:
      return exit_refused;
  }
  return exit_bug;
}

Result<int> plan(const PlanRequest& request) {
  PlanWishes wishes;
  if (!request.memory.empty()) wishes.memory = TRY(parse_bytes(request.memory));
  if (request.readers > 0) wishes.readers = request.readers;
  wishes.database = database_of(request.database);
  const MemoryPlan plan = plan_memory(probe_host(request), wishes);
  (void)TRY(print(request.is_json ? render_json(plan) : render_people(plan)));
  return exit_code_of(plan.verdict);
}

}  // namespace

int run_plan(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Splits one memory budget between the system, readers, database, models and civicum itself,\n"
      "and says why. Nothing is started, nothing is changed.",
      "civicum plan");
  PlanRequest request;
  app.add_option(
         "--memory", request.memory,
         "Memory of the whole machine, as 12G (default: the limit that holds here, else 70 % of "
         "this machine's)")
      ->type_name("SIZE");
  app.add_option("--cpus", request.cpus, "Cores (default: those that may be used here)")
      ->type_name("N")
      ->check(CLI::Range(1U, 4096U));
  app.add_option("-j,--jobs", request.readers, "Readers at a time (default: one for each core)")
      ->type_name("N")
      ->check(CLI::Range(1U, jobs_max));
  app.add_option("--database", request.database,
                 "sqlite (inside civicum), postgres (on this machine) or elsewhere")
      ->type_name("KIND")
      ->capture_default_str()
      ->check(CLI::IsMember({"sqlite", "postgres", "elsewhere"}));
  app.add_option("--host", request.host_folder,
                 "A folder with another machine's /proc and /sys, to plan for it")
      ->type_name("FOLDER")
      ->check(CLI::ExistingDirectory);
  app.add_flag("--json", request.is_json, "The plan as JSON");
  app.footer(
      "Ends with 0 where all fits, 1 where something was cut to fit, 3 where something does not.\n"
      "Example:\n  civicum plan --memory 12G --cpus 4 --database postgres");
  if (const auto code = parse_or_end(app, arguments)) return *code;
  return code_or_fail(plan(request));
}

}  // namespace civicum
