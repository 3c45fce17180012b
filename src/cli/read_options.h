// SPDX-License-Identifier: GPL-3.0-or-later
// The command line of `civicum read`, checked whole before anything is touched.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "cli/store_options.h"
#include "node/read_options.h"

namespace civicum {

enum class Verbosity : std::uint8_t { Normal, Quiet };
enum class OutputFormat : std::uint8_t { Text, Json };

inline constexpr std::uint32_t dpi_min = 100;
inline constexpr std::uint32_t dpi_max = 600;
inline constexpr std::uint32_t jobs_max = 64;
inline constexpr Bytes memory_min = mib(192);

struct ReadRequest {
  ReadOptions options;
  StorePlace place;
  std::vector<std::string> arguments;
  Verbosity verbosity = Verbosity::Normal;
  OutputFormat format = OutputFormat::Text;
};

/// The machine's part in the defaults.
struct ReadDefaults {
  std::uint32_t cpu_count = 1;
  Bytes memory = gib(2);
};

/// Of this machine, as this process may use it.
ReadDefaults probe_defaults();

/// A request, or the help's text. BadInput with a sentence on wrong usage.
Result<std::variant<ReadRequest, std::string>> parse_read(const std::vector<std::string>& arguments,
                                                          const ReadDefaults& defaults);

/// BadInput where it is no list of language names as Tesseract has them.
Status check_lang(const std::string& lang);

/// "512M", "2G", "1.5g", "2147483648": bytes, powers of 1024. BadInput on anything else.
Result<Bytes> parse_bytes(const std::string& text);

}  // namespace civicum
