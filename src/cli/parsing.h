// SPDX-License-Identifier: GPL-3.0-or-later
// From words to a parsed command line, with the ends that all commands share: help is printed and
// ends well, wrong usage is one sentence.
#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/store_options.h"

namespace civicum {

/// The exit code where the command ends here: after --help, or on wrong usage.
std::optional<int> parse_or_end(CLI::App& app, const std::vector<std::string>& arguments);

/// Says the error and answers its exit code.
int fail(const Error& error);

/// The exit code of what was done, or of the error it ended with, which is said.
int code_or_fail(const Result<int>& code);

template <typename Request>
struct Subcommand {
  const char* name;
  const char* summary;
  Result<int> (*run)(const Request& request);
};

/// A command that is a list of subcommands, which share one request on one store (`place`).
template <typename Request>
struct CommandGroup {
  const char* name;
  const char* summary;
  std::span<const Subcommand<Request>> subcommands;
  void (*add_arguments)(CLI::App& subcommand, Request& request);
};

/// The exit code of the subcommand that was named.
template <typename Request>
int run_group(const CommandGroup<Request>& group, const std::vector<std::string>& arguments) {
  CLI::App app(group.summary, group.name);
  app.require_subcommand(1);
  Request request;
  for (const Subcommand<Request>& subcommand : group.subcommands) {
    group.add_arguments(*app.add_subcommand(subcommand.name, subcommand.summary), request);
  }
  if (const auto code = parse_or_end(app, arguments)) return *code;
  if (const Status settled = settle(request.place); !settled) return fail(settled.error());
  const auto chosen =
      std::find_if(group.subcommands.begin(), group.subcommands.end(),
                   [&app](const Subcommand<Request>& one) { return app.got_subcommand(one.name); });
  return code_or_fail(chosen->run(request));
}

}  // namespace civicum
