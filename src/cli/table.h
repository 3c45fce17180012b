// SPDX-License-Identifier: GPL-3.0-or-later
// What commands print on standard output: tables for people, and text that must arrive whole.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace civicum {

/// Columns as wide as their longest cell, two spaces between; columns whose heading starts with '>'
/// are numbers, to the right. Widths count characters of UTF-8. Pure.
std::string render_table(const std::vector<std::string>& headings,
                         const std::vector<std::vector<std::string>>& rows);

/// "2026-11-28 03:45", local time; empty of nothing.
std::string render_time(std::int64_t epoch_ms);

/// Unavailable where standard output does not take it.
Status print(std::string_view text);
/// Of print(): whoever reads standard output has read enough (head).
bool is_closed_output(const Error& error);

}  // namespace civicum
