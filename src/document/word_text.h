// SPDX-License-Identifier: GPL-3.0-or-later
// The code points that a PDF gives for a word, as clean UTF-8: controls, private use and U+FFFD
// are dropped, ligatures are taken apart, an accent drawn over its letter is joined with it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/page.h"

namespace civicum {

enum class WordEnd : std::uint8_t { InLine, LineEnd };

/// Empty where nothing readable is left. A soft hyphen is kept, as '-', only at the end of a line.
std::string clean_word(std::span<const char32_t> code_points, WordEnd end);

/// True for what stands for no readable character: U+FFFD, controls, private use, surrogates.
bool is_unreadable(char32_t code_point);

/// Builds a PageText word by word; keeps its promises about spaces, line ends and bounds.
class PageTextBuilder {
 public:
  enum class Break : std::uint8_t { Space, Line, Block };
  /// `before` stands between this word and the one before it. False once a bound is reached.
  bool add_word(std::string_view word, const Box& box, Break before);
  PageText take() { return std::move(page_); }

 private:
  PageText page_;
};

}  // namespace civicum
