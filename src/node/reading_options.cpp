// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/reading_options.h"

#include <charconv>

namespace civicum {
namespace {

constexpr std::string_view version = "reading=4 ";

/// What stands behind `key` up to the next space.
std::string_view value_behind(std::string_view text, std::string_view key) {
  const std::size_t at = text.find(key);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = text.substr(at + key.size());
  return rest.substr(0, rest.find(' '));
}

}  // namespace

std::string text_of(const ReadingOptions& options) {
  return std::string(version) + "lang=" + options.lang +
         " dpi=" + std::to_string(options.dpi.value);
}

Result<ReadingOptions> parse_reading_options(std::string_view text) {
  ReadingOptions options;
  options.lang = value_behind(text, " lang=");
  const std::string_view dpi = value_behind(text, " dpi=");
  const auto [end, failed] =
      std::from_chars(dpi.data(), dpi.data() + dpi.size(), options.dpi.value);
  if (options.lang.empty() || failed != std::errc() || end != dpi.data() + dpi.size()) {
    return Error{ErrorKind::Corrupt, "reading options '" + std::string(text) + "' are none"};
  }
  return options;
}

}  // namespace civicum
