// SPDX-License-Identifier: GPL-3.0-or-later
// A text's words as search sees them, for pages and queries alike. Pure.
//
// A word is a run of letters and digits (of any script); everything else stands between words. So
// "juan@muni.cl" is three words, "N° 302/2022" is "n", "302", "2022", and whoever looks for such a
// piece looks for its words in a row. Two joints hold: the dots of grouped digits ("12.345.678" is
// one number, however it is written), and a hyphen that a line's end put into a word.
//
// Its form has small letters without accents: canonical and compatibility decomposition (UAX 15)
// without marks, folded. ñ becomes n, as in PostgreSQL's unaccent.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace civicum {

/// Longer words are cut: whoever looks for one finds it by its beginning.
inline constexpr std::size_t word_bytes_max = 64;

/// The word is text.substr(begin, end - begin).
struct TextWord {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::string form;
};

/// The first words of a text, at most `count_max`. Malformed UTF-8 stands between words.
std::vector<TextWord> split_words(std::string_view text, std::size_t count_max);

}  // namespace civicum
