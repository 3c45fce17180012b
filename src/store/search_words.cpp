// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/search_words.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>

#include "base/result.h"
#include "base/text.h"

namespace civicum {
namespace {

constexpr std::size_t digit_group = 3;

/// Negative where the byte is malformed, as ICU has it.
UChar32 code_point_at(std::string_view text, std::size_t at) {
  return static_cast<UChar32>(decode_utf8(text, at).value_or(static_cast<char32_t>(-1)));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A word's letter or digit; a mark of the letter before, or a sign nobody sees (soft hyphen);
/// or what stands between words.
enum class Part : std::uint8_t { Letter, Mark, Gap };

Part part_of(UChar32 c) {
  // "Nº" and "N°" are to be the same, and so are "3º" and "3".
  constexpr UChar32 feminine_ordinal = 0xAA;
  constexpr UChar32 masculine_ordinal = 0xBA;
  if (c < 0 || c == feminine_ordinal || c == masculine_ordinal) return Part::Gap;
  if (u_isalnum(c) != 0) return Part::Letter;
  constexpr std::uint32_t marks = U_GC_M_MASK | U_GC_CF_MASK;
  return (U_GET_GC_MASK(c) & marks) != 0 ? Part::Mark : Part::Gap;
}

void append_folded(std::string& form, UChar32 c) {
  if (u_isalnum(c) == 0) return;
  append_utf8(form, static_cast<char32_t>(u_foldCase(c, U_FOLD_CASE_DEFAULT)));
}

void append_form(std::string& form, UChar32 c) {
  if (c < 0x80) return append_folded(form, c);
  UErrorCode status = U_ZERO_ERROR;
  static const icu::Normalizer2* const normal_form = icu::Normalizer2::getNFKDInstance(status);
  ENSURE(normal_form != nullptr);
  icu::UnicodeString parts;
  if (normal_form->getDecomposition(c, parts) == 0) return append_folded(form, c);
  for (std::int32_t i = 0; i < parts.length(); i = parts.moveIndex32(i, 1)) {
    append_folded(form, parts.char32At(i));
  }
}

/// True for the digits of "12.345" before its dot or any further one.
bool is_grouped(std::string_view number) {
  const std::size_t first = std::min(number.find('.'), number.size());
  return first <= digit_group &&
         std::all_of(number.begin(), number.end(), [](char c) { return is_digit(c) || c == '.'; });
}

bool is_small(UChar32 c) { return c >= 0 && u_islower(c) != 0; }

/// How many bytes at `at`, where `word` has ended, only seem to part it from what follows.
std::size_t joint_size(std::string_view text, std::size_t at, std::string_view word) {
  const std::string_view rest = text.substr(at);
  if (rest.starts_with('.') && is_grouped(word)) {
    const std::string_view digits = rest.substr(1, digit_group);
    const bool is_group =
        digits.size() == digit_group && std::all_of(digits.begin(), digits.end(), is_digit);
    const std::size_t after = at + 1 + digit_group;
    const bool goes_on = after < text.size() && part_of(code_point_at(text, after)) == Part::Letter;
    return is_group && !goes_on ? 1 : 0;
  }
  if (rest.starts_with("-\n") && rest.size() > 2) {
    std::size_t last = word.size() - 1;
    while (last > 0 && (static_cast<std::uint8_t>(word[last]) & 0xC0) == 0x80) --last;
    const bool is_word_broken =
        is_small(code_point_at(word, last)) && is_small(code_point_at(rest, 2));
    return is_word_broken ? 2 : 0;
  }
  return 0;
}

std::string form_of(const TextWord& word) {
  return std::string(cut_utf8(word.form, word_bytes_max));
}

}  // namespace

std::vector<TextWord> split_words(std::string_view text, std::size_t count_max) {
  std::vector<TextWord> words;
  TextWord word;
  const auto end_word = [&] {
    if (!word.form.empty()) words.push_back({word.begin, word.end, form_of(word)});
    word = {};
  };
  for (std::size_t at = 0; at < text.size() && words.size() < count_max;) {
    const std::size_t begin = at;
    const std::optional<char32_t> point = decode_utf8(text, at);
    const Part part = point ? part_of(static_cast<UChar32>(*point)) : Part::Gap;
    if (part == Part::Letter) {
      if (word.form.empty()) word.begin = static_cast<std::uint32_t>(begin);
      append_form(word.form, static_cast<UChar32>(*point));
    }
    if (part != Part::Gap) {
      word.end = static_cast<std::uint32_t>(at);
    } else if (!word.form.empty()) {
      const auto so_far = text.substr(word.begin, begin - word.begin);
      const std::size_t joint = joint_size(text, begin, so_far);
      if (joint == 0) end_word();
      at = std::max(at, begin + joint);
    }
  }
  if (words.size() < count_max) end_word();
  return words;
}

}  // namespace civicum
