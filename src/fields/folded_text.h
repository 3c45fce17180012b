// SPDX-License-Identifier: GPL-3.0-or-later
// A page's text as the finders read it: one byte per letter, lower case, no accents, with the way
// back to the bytes it came from.
//   dashes -> '-'   degree and ordinal signs -> '*'   quotes -> '"' '\''   middle dots -> '.'
//   euro -> euro_sign   any other sign -> other_sign
//   blanks -> one ' '   line end -> '\n'   empty line -> '\f'   a word hyphenated at a line end is
//   joined.
// Invariant: positions map monotonically; only runs that shift the offset are stored.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace civicum::fields {

inline constexpr char euro_sign = '\x01';
inline constexpr char other_sign = '\x02';

class FoldedText {
 public:
  /// `source` must outlive this object and be shorter than 4 GiB.
  explicit FoldedText(std::string_view source);

  std::string_view text() const { return text_; }
  /// The source bytes that text()[begin, end) came from, as offsets; begin < end.
  std::uint32_t source_begin(std::size_t begin) const;
  std::uint32_t source_end(std::size_t end) const;
  /// The source bytes of text()[begin, end).
  std::string_view raw(std::size_t begin, std::size_t end) const;
  /// True where no letter of text()[begin, end) is lower case in the source.
  bool is_upper(std::size_t begin, std::size_t end) const;

 private:
  struct Run {
    std::uint32_t folded;
    std::uint32_t source;
  };
  void append(char folded, std::size_t source);
  void append_blanks(std::size_t begin, std::size_t end);
  void append_code_point(char32_t code_point, std::size_t source);
  void join_hyphenated_word(char next);

  std::string_view source_;
  std::string text_;
  std::vector<Run> runs_;
};

}  // namespace civicum::fields
