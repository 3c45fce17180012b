// SPDX-License-Identifier: GPL-3.0-or-later
// From words to a parsed command line, with the ends that all commands share: help is printed and
// ends well, wrong usage is one sentence.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace civicum {

/// The exit code where the command ends here: after --help, or on wrong usage.
std::optional<int> parse_or_end(CLI::App& app, const std::vector<std::string>& arguments);

/// Says the error and answers its exit code.
int fail(const Error& error);

/// The exit code of what was done, or of the error it ended with, which is said.
int code_or_fail(const Result<int>& code);

}  // namespace civicum
