// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/parsing.h"

#include <cstdio>

#include "cli/exit_code.h"
#include "cli/table.h"
#include "cli/talk.h"

namespace civicum {

std::optional<int> parse_or_end(CLI::App& app, const std::vector<std::string>& arguments) {
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    std::fputs(app.help().c_str(), stdout);  // of the subcommand that was named
    return exit_well;
  } catch (const CLI::ParseError& error) {
    talk("civicum: " + std::string(error.what()) + "; see " + app.get_name() + " --help");
    return exit_bad_usage;
  }
  return std::nullopt;
}

int fail(const Error& error) {
  if (is_closed_output(error)) return exit_output_closed;
  talk("civicum: " + error.what);
  return exit_code_of(error.kind);
}

int code_or_fail(const Result<int>& code) { return code ? *code : fail(code.error()); }

}  // namespace civicum
