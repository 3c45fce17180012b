// SPDX-License-Identifier: GPL-3.0-or-later
// What makes the same content a different reading, as the text that the store keeps with a
// document.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/units.h"

namespace civicum {

struct ReadingOptions {
  std::string lang = "spa";
  Dpi dpi{200};
};

/// "reading=4 lang=spa dpi=200". The first number rises when readings change for the better, so
/// that documents are then read anew.
std::string text_of(const ReadingOptions& options);
/// Of any version. Corrupt where it is no such text.
Result<ReadingOptions> parse_reading_options(std::string_view text);

}  // namespace civicum
