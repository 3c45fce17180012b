// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/word_text.h"

#include <array>
#include <string_view>

#include "base/text.h"

namespace civicum {
namespace {

constexpr char32_t soft_hyphen = 0xAD;

bool is_space(char32_t c) {
  return c == 0x20 || c == 0xA0 || (c >= 0x2000 && c <= 0x200F) || c == 0x202F || c == 0x205F ||
         c == 0x3000 || c == 0xFEFF || c == 0x2028 || c == 0x2029;
}

std::string_view ligature(char32_t c) {
  constexpr auto parts =
      std::to_array<std::string_view>({"ff", "fi", "fl", "ffi", "ffl", "st", "st"});
  return c >= 0xFB00 && c <= 0xFB06 ? parts[c - 0xFB00] : std::string_view{};
}

struct Accent {
  char32_t mark;
  std::u32string_view bases;
  std::u32string_view composed;
};

/// The letter with its accent as one code point, or 0 where Spanish has none.
char32_t compose(char32_t base, char32_t mark) {
  static constexpr std::array<Accent, 5> accents = {{{0x300, U"aeiouAEIOU", U"àèìòùÀÈÌÒÙ"},
                                                     {0x301, U"aeiouyAEIOUY", U"áéíóúýÁÉÍÓÚÝ"},
                                                     {0x303, U"anoANO", U"ãñõÃÑÕ"},
                                                     {0x308, U"aeiouAEIOU", U"äëïöüÄËÏÖÜ"},
                                                     {0x327, U"cC", U"çÇ"}}};
  for (const Accent& accent : accents) {
    if (accent.mark != mark) continue;
    const std::size_t at = accent.bases.find(base);
    return at == std::u32string_view::npos ? 0 : accent.composed[at];
  }
  return 0;
}

void append_letter(std::u32string& out, char32_t c) {
  const bool is_mark = c >= 0x300 && c <= 0x36F;
  const char32_t composed = is_mark && !out.empty() ? compose(out.back(), c) : 0;
  if (composed != 0) {
    out.back() = composed;
  } else {
    out += c;
  }
}

}  // namespace

bool is_unreadable(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0xD800 && c <= 0xF8FF) || c == 0xFFFD ||
         c == 0xFFFE || c == 0xFFFF || c >= 0xF0000;
}

std::string clean_word(std::span<const char32_t> code_points, WordEnd end) {
  std::u32string letters;
  for (std::size_t i = 0; i < code_points.size(); ++i) {
    const char32_t c = code_points[i];
    if (is_unreadable(c) || is_space(c)) continue;
    if (c == soft_hyphen) {
      if (end == WordEnd::LineEnd && i + 1 == code_points.size()) letters += U'-';
      continue;
    }
    const std::string_view parts = ligature(c);
    if (parts.empty()) append_letter(letters, c);
    for (const char part : parts) letters += static_cast<char32_t>(part);
  }
  std::string word;
  for (const char32_t c : letters) append_utf8(word, c);
  return word;
}

bool PageTextBuilder::add_word(std::string_view word, const Box& box, Break before) {
  constexpr auto separators = std::to_array<std::string_view>({" ", "\n", "\n\n"});
  if (!page_.words.empty()) page_.text += separators.at(static_cast<std::size_t>(before));
  if (page_.words.size() >= page_words_max) return false;
  if (page_.text.size() + word.size() > page_text_bytes_max) return false;
  const auto begin = static_cast<std::uint32_t>(page_.text.size());
  page_.text += word;
  page_.words.push_back({begin, static_cast<std::uint32_t>(page_.text.size()), box, {}});
  return true;
}

}  // namespace civicum
