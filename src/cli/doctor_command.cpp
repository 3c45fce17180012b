// SPDX-License-Identifier: GPL-3.0-or-later
// `civicum doctor`: what is wrong with this machine for civicum, with its evidence and its mending;
// and with --sovereignty whether anything that parses documents can reach out.
#include <fmt/format.h>

#include <cstring>

#include "base/json.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/parsing.h"
#include "cli/read_display.h"
#include "cli/read_options.h"
#include "cli/store_options.h"
#include "cli/table.h"
#include "host/memory.h"
#include "host/memory_gauge.h"
#include "node/sovereignty.h"

namespace civicum {
namespace {

struct DoctorRequest {
  std::string lang = "spa";
  bool is_sovereignty = false;
  bool is_json = false;
};

/// The gravest first.
struct Finding {
  std::string what;
  std::string evidence;
  std::string remedy;
};

struct Diagnosis {
  std::vector<Finding> findings;
  std::vector<std::string> well;  ///< what was looked at and is as it should be
};

void look_at_cages(const ReaderCages& cages, Diagnosis& diagnosis) {
  if (!cages.level().empty()) {
    diagnosis.well.push_back(fmt::format("readers run in cages of {}", cages.level()));
    return;
  }
  diagnosis.findings.push_back(
      {"no cages: limits of memory are watched ten times a second, not kept by the kernel",
       cages.why_none(),
       "run civicum as a systemd service with Delegate=yes, or by systemd-run --user --scope -p "
       "Delegate=yes"});
}

void look_at_sandbox(const SovereigntyReport& report, Diagnosis& diagnosis) {
  const std::size_t through = report.count_through();
  if (through > 0) {
    diagnosis.findings.insert(
        diagnosis.findings.begin(),
        {fmt::format("a reader can do {} things that it must not", through),
         "civicum doctor --sovereignty names them",
         "a kernel with seccomp filters, Landlock (security=… or lsm=… with landlock in it) and "
         "network namespaces"});
  }
  const std::pair<const char*, const char*> layers[] = {
      {"netns",
       "allow network namespaces (kernel.unprivileged_userns_clone=1, or AppArmor's "
       "userns rule on Ubuntu)"},
      {"landlock", "add landlock to the kernel's lsm= list (Linux 5.13 and later)"},
      {"seccomp", "use a kernel with CONFIG_SECCOMP_FILTER"}};
  for (const auto& [layer, remedy] : layers) {
    if (report.sandbox.find(layer) != std::string::npos) continue;
    diagnosis.findings.push_back({fmt::format("the sandbox lacks its layer {}", layer),
                                  "a reader reached " + report.sandbox, remedy});
  }
  if (through == 0) diagnosis.well.push_back("a reader is locked in: " + report.sandbox);
}

void look_at_memory(Diagnosis& diagnosis) {
  const MemoryFacts memory = probe_memory();
  const Bytes total = memory.total.value_or(Bytes{});
  const Bytes usable = usable_memory(memory).value_or(total);
  const MemoryGauge gauge;
  if (!gauge.stalled_percent()) {
    diagnosis.findings.push_back(
        {"stalls for memory cannot be seen", "no /proc/pressure/memory", "boot with psi=1"});
  }
  if (const auto available = gauge.available(); available && *available < memory_min) {
    diagnosis.findings.push_back({"there is hardly any memory left",
                                  render_bytes(*available) + " are available",
                                  "end what is not needed, or give the machine more"});
  }
  if (memory.swap_total == Bytes{} && usable < gib(4)) {
    diagnosis.findings.push_back({"there is no swap: a burst ends a reader where it could wait",
                                  "SwapTotal is 0, " + render_bytes(usable) + " of memory",
                                  "zram or a swap file"});
  }
  diagnosis.well.push_back(fmt::format("{} of memory may be used, {} available",
                                       render_bytes(usable),
                                       render_bytes(gauge.available().value_or(Bytes{}))));
}

std::string render_findings(const Diagnosis& diagnosis) {
  std::string text;
  for (const Finding& finding : diagnosis.findings) {
    text += fmt::format("FINDING  {}\n  because  {}\n  mend     {}\n", finding.what,
                        finding.evidence, finding.remedy);
  }
  for (const std::string& one : diagnosis.well) text += "ok       " + one + "\n";
  return text;
}

std::string render_json(const Diagnosis& diagnosis) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("version", std::uint32_t{1}).key("findings").begin_array();
  for (const Finding& finding : diagnosis.findings) {
    json.line_break().begin_object().member("what", std::string_view(finding.what));
    json.member("evidence", std::string_view(finding.evidence));
    json.member("remedy", std::string_view(finding.remedy)).end_object();
  }
  json.end_array().key("well").begin_array();
  for (const std::string& one : diagnosis.well) json.value(std::string_view(one));
  json.end_array().end_object();
  return text + "\n";
}

std::string describe_refusal(int refusal) {
  return refusal == 0 ? "" : std::string(strerrorname_np(refusal));
}

std::string describe_outside(std::optional<int> refusal) {
  if (!refusal) return "not tried: nothing is sent out";
  if (*refusal == 0) return "gets through";
  return "refused to everybody here (" + describe_refusal(*refusal) + ")";
}

std::string render_escape(const SovereigntyReport& report) {
  std::vector<std::vector<std::string>> rows;
  for (const EscapeResult& result : report.results) {
    const bool is_through = result.refusal_inside == 0;
    const std::string proof = describe_outside(result.refusal_outside);
    rows.push_back({std::string(name_of(result.kind)), result.name,
                    is_through ? "GOT THROUGH" : "refused", describe_refusal(result.refusal_inside),
                    is_through ? "" : refused_by(result.kind, result.refusal_inside), proof});
  }
  return "reader: " + report.sandbox + "\n\n" +
         render_table({"KIND", "ATTEMPT", "INSIDE", "ERRNO", "BY", "OUTSIDE"}, rows) +
         fmt::format("\n{} of {} attempts got through\n", report.count_through(),
                     report.results.size());
}

std::string escape_json(const SovereigntyReport& report) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("version", std::uint32_t{1}).key("children").begin_array();
  json.begin_object().member("child", "reader");
  json.member("sandbox", std::string_view(report.sandbox)).key("attempts").begin_array();
  for (const EscapeResult& result : report.results) {
    json.line_break().begin_object().member("kind", name_of(result.kind));
    json.member("attempt", std::string_view(result.name));
    json.member("refused", result.refusal_inside != 0);
    json.member("errno", std::string_view(describe_refusal(result.refusal_inside)));
    json.key("refused_outside");
    if (result.refusal_outside) {
      json.value(*result.refusal_outside != 0);
    } else {
      json.null();
    }
    json.end_object();
  }
  json.end_array().end_object().end_array().end_object();
  return text + "\n";
}

Result<int> examine(const DoctorRequest& request) {
  ReaderCages cages(probe_defaults().memory);
  const ReaderCommand command{TRY(reader_beside_us()), request.lang};
  const Result<SovereigntyReport> report = probe_sovereignty(command, cages);
  if (request.is_sovereignty) {
    if (!report) return report.error();
    (void)TRY(print(request.is_json ? escape_json(*report) : render_escape(*report)));
    return report->count_through() == 0 ? exit_well : exit_with_findings;
  }
  Diagnosis diagnosis;
  look_at_cages(cages, diagnosis);
  look_at_memory(diagnosis);
  if (report) {
    look_at_sandbox(*report, diagnosis);
  } else {
    diagnosis.findings.insert(diagnosis.findings.begin(),
                              {"readers do not start: nothing can be read", report.error().what,
                               "civicum read says more; ./run installs what is missing"});
  }
  (void)TRY(print(request.is_json ? render_json(diagnosis) : render_findings(diagnosis)));
  return diagnosis.findings.empty() ? exit_well : exit_with_findings;
}

}  // namespace

int run_doctor(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Looks at this machine and says what is wrong with it for civicum, with the evidence and\n"
      "what mends it. Changes nothing.",
      "civicum doctor");
  DoctorRequest request;
  app.add_flag("--sovereignty", request.is_sovereignty,
               "Start a reader as it really runs and have it try, from inside, to reach the "
               "network, files, other processes and privileges");
  app.add_option("--lang", request.lang, "Language that the reader is started with")
      ->type_name("LANG")
      ->capture_default_str();
  app.add_flag("--json", request.is_json, "The same as JSON");
  app.footer("Ends with 1 where there are findings, or an attempt got through.");
  if (const auto code = parse_or_end(app, arguments)) return *code;
  return code_or_fail(examine(request));
}

}  // namespace civicum
