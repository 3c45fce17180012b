// SPDX-License-Identifier: GPL-3.0-or-later
// Where /proc and /sys are looked for: "/" on a live machine, a folder of captured files in a test.
// Also the small parsers that every probe needs. What cannot be read or understood is empty, never
// 0.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.h"

namespace civicum {

struct HostRoot {
  std::string prefix = "/";

  /// `path` is absolute.
  std::string at(std::string_view path) const;
  /// The file's text; empty where it is missing, not readable or above 1 MiB.
  std::optional<std::string> read(std::string_view path) const;
};

/// A whole decimal number with white space around it, nothing else.
std::optional<std::uint64_t> parse_number(std::string_view text);

/// "kB" lines of /proc/meminfo, /proc/PID/status and smaps_rollup: `Name:   123 kB`.
std::optional<Bytes> find_kilobytes(std::string_view text, std::string_view name);

/// The number of a line `name 123`, as cgroup files have them.
std::optional<std::uint64_t> find_count(std::string_view text, std::string_view name);

/// The rest of the line that starts with `Name:`, without white space around it.
std::optional<std::string_view> find_line(std::string_view text, std::string_view name);

/// The pieces between separators, empty ones included.
std::vector<std::string_view> split(std::string_view text, char separator);

}  // namespace civicum
