// SPDX-License-Identifier: GPL-3.0-or-later
// Text as figures and as folded words: what the summary needs to know about a line or a sentence
// without caring what it says. Pure; UTF-8 in, malformed bytes do no harm.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace civicum {

struct TextFigures {
  std::uint32_t char_count = 0;  ///< white space not counted
  std::uint32_t letter_count = 0;
  std::uint32_t latin_count = 0;
  std::uint32_t vowel_count = 0;  ///< of the Latin letters
  std::uint32_t upper_count = 0;
  std::uint32_t digit_count = 0;
  std::uint32_t word_count = 0;
  std::uint32_t short_word_count = 0;  ///< of one character that is no word by itself
  bool has_leader = false;             ///< dots that lead to a page number
};

TextFigures measure(std::string_view text);

/// Hashes of the stems of the words that carry meaning, in order: no stop words, no numbers.
std::vector<std::uint32_t> content_stems(std::string_view text);

/// The same for lines that differ only in case, accents, spaces, punctuation and numbers: page
/// headers. 0 where nothing is left.
std::uint64_t likeness_key(std::string_view line);

/// Lower case and without accents, for comparisons with word lists. At most `bytes_max` bytes.
std::string fold(std::string_view text, std::size_t bytes_max);

/// Letters as Spanish text begins and goes on with.
bool starts_lower(std::string_view text);
bool ends_sentence(std::string_view text);

}  // namespace civicum
