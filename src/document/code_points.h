// SPDX-License-Identifier: GPL-3.0-or-later
// Walking over UTF-8 that is known to be well-formed.
#pragma once

#include <cstdint>
#include <string_view>

namespace civicum {

/// Calls `visit(char32_t)` for every code point. Malformed text gives wrong code points, never a
/// read past the end.
template <typename Visit>
void for_each_code_point(std::string_view text, Visit visit) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<std::uint8_t>(text[i++]);
    const int tail_count = lead < 0xC0 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
    char32_t c = lead;
    if (tail_count > 0) c = lead & (0x3FU >> tail_count);
    for (int k = 0; k < tail_count && i < text.size(); ++k) {
      c = (c << 6) | (static_cast<std::uint8_t>(text[i++]) & 0x3FU);
    }
    visit(c);
  }
}

}  // namespace civicum
