// SPDX-License-Identifier: GPL-3.0-or-later
// The command line of `civicum read`, checked whole before anything is touched.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "node/read_options.h"

namespace civicum {

enum class Verbosity : std::uint8_t { Normal, Quiet };
enum class OutputFormat : std::uint8_t { Text, Json };

struct ReadRequest {
  ReadOptions options;
  std::vector<std::string> arguments;
  Verbosity verbosity = Verbosity::Normal;
  OutputFormat format = OutputFormat::Text;
};

/// The machine's part in the defaults.
struct ReadDefaults {
  std::uint32_t cpu_count = 1;
  Bytes memory = gib(2);
  std::string data_folder;  ///< empty: neither XDG_DATA_HOME nor HOME is set
};

/// A request, or the help's text. BadInput with a sentence on wrong usage.
Result<std::variant<ReadRequest, std::string>> parse_read(const std::vector<std::string>& arguments,
                                                          const ReadDefaults& defaults);

/// "512M", "2G", "1.5g", "2147483648": bytes, powers of 1024. BadInput on anything else.
Result<Bytes> parse_bytes(const std::string& text);

}  // namespace civicum
