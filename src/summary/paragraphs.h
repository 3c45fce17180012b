// SPDX-License-Identifier: GPL-3.0-or-later
// Lines joined to paragraphs: a word broken by a hyphen is made whole, a sentence goes on over the
// end of a block or a page when nothing ended it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "summary/candidates.h"

namespace civicum {

/// A paragraph ends here at the latest; longer ones are text without structure.
inline constexpr std::size_t paragraph_bytes_max = std::size_t{8} << 10;

struct Paragraph {
  struct Piece {
    std::size_t begin = 0;
    std::uint32_t page_index = 0;
    std::optional<float> confidence;
  };
  std::string text;
  std::vector<Piece> pieces;  ///< one for each line
  SentenceOrigin origin = SentenceOrigin::Prose;

  bool is_empty() const { return text.empty(); }
  /// True where `line`, at the start of a block, goes on with the paragraph.
  bool goes_on_with(std::string_view line) const;
  void append(std::string_view line, Piece piece);
};

/// What the pieces under a span of the paragraph's text say: its pages and its worst confidence.
struct SpanFacts {
  std::uint32_t first_page = 0;
  std::uint32_t last_page = 0;
  std::optional<float> confidence;
};
SpanFacts facts_of(const Paragraph& paragraph, std::size_t begin, std::size_t end);

}  // namespace civicum
