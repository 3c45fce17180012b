// SPDX-License-Identifier: GPL-3.0-or-later
#include "fields/folded_text.h"

#include <algorithm>

namespace civicum::fields {
namespace {

struct Decoded {
  char32_t code_point;
  std::size_t size;
};

// Malformed bytes come out as themselves, one at a time: they fold to other_sign.
Decoded decode_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at);
  std::size_t size = 1;
  if (lead >= 0xF0) {
    size = 4;
  } else if (lead >= 0xE0) {
    size = 3;
  } else if (lead >= 0xC2) {
    size = 2;
  }
  if (size == 1 || at + size > text.size()) return {lead < 0x80 ? lead : char32_t{0xFFFD}, 1};
  char32_t code_point = lead & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(at + i) & 0xC0U) != 0x80U) return {0xFFFD, 1};
    code_point = (code_point << 6U) | (byte(at + i) & 0x3FU);
  }
  return {code_point, size};
}

constexpr bool is_blank(char32_t c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' || c == 0xA0 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x3000;
}

constexpr bool is_dropped(char32_t c) {
  return c == 0xAD || (c >= 0x0300 && c <= 0x036F) || (c >= 0x200B && c <= 0x200F) || c == 0xFEFF;
}

constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

// U+00C0 … U+017F to base letters; '\x02' where there is none.
constexpr std::string_view latin_letters =
    "aaaaaaaceeeeiiiidnooooo\x02ouuuuyts"
    "aaaaaaaceeeeiiiidnooooo\x02ouuuuyty"
    "aaaaaaccccccccddddeeeeeeeeeegggg"
    "gggghhhhiiiiiiiiiiiijjkkklllllll"
    "lllnnnnnnnnnoooooooorrrrrrssssss"
    "ssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

char fold_sign(char32_t c) {
  if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xFE63 || c == 0xFF0D) return '-';
  if (c == 0xB0 || c == 0xBA || c == 0xAA || c == 0x02DA || c == 0x2070 || c == 0x2218) return '*';
  if (c == 0x2018 || c == 0x2019 || c == 0xB4 || c == 0x2032 || c == '`') return '\'';
  if (c == 0x201C || c == 0x201D || c == 0x201E || c == 0xAB || c == 0xBB || c == 0x2033)
    return '"';
  if (c == 0xB7 || c == 0x2022 || c == 0x2219 || c == 0x22C5 || c == 0x2024) return '.';
  if (c == 0x20AC) return euro_sign;
  if (c == 0xA1) return '!';
  return other_sign;
}

char fold_one(char32_t c) {
  if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
  if (c < 0x20 || c == 0x7F) return other_sign;
  if (c < 0x7F && c != '`') return static_cast<char>(c);
  if (c >= 0xC0 && c <= 0x17F) return latin_letters[c - 0xC0];
  if (c >= 0xFF10 && c <= 0xFF19) return static_cast<char>(c - 0xFF10 + '0');
  return fold_sign(c);
}

}  // namespace

static_assert(latin_letters.size() == 0x17F - 0xC0 + 1);

FoldedText::FoldedText(std::string_view source) : source_(source) {
  text_.reserve(source.size());
  std::size_t at = 0;
  while (at < source.size()) {
    const Decoded first = decode_at(source, at);
    const bool is_soft_hyphen = first.code_point == 0xAD;
    if (is_soft_hyphen && source.substr(at + first.size, 1) == "\n") append('-', at);
    if (is_dropped(first.code_point)) {
      at += first.size;
      continue;
    }
    if (!is_blank(first.code_point)) {
      append_code_point(first.code_point, at);
      at += first.size;
      continue;
    }
    std::size_t end = at;
    while (end < source.size()) {
      const Decoded next = decode_at(source, end);
      if (!is_blank(next.code_point)) break;
      end += next.size;
    }
    append_blanks(at, end);
    at = end;
  }
}

void FoldedText::append(char folded, std::size_t source) {
  const auto position = static_cast<std::uint32_t>(text_.size());
  const auto origin = static_cast<std::uint32_t>(source);
  const bool continues =
      !runs_.empty() && runs_.back().source + (position - runs_.back().folded) == origin;
  if (!continues) runs_.push_back({position, origin});
  text_.push_back(folded);
}

void FoldedText::append_blanks(std::size_t begin, std::size_t end) {
  const auto line_ends = std::count(source_.begin() + static_cast<std::ptrdiff_t>(begin),
                                    source_.begin() + static_cast<std::ptrdiff_t>(end), '\n');
  char blank = ' ';
  if (line_ends == 1) blank = '\n';
  if (line_ends > 1) blank = '\f';
  append(blank, begin);
}

void FoldedText::append_code_point(char32_t code_point, std::size_t source) {
  // The ligatures U+FB00 … U+FB04: ff, fi, fl, ffi, ffl.
  constexpr std::string_view ligatures[] = {"ff", "fi", "fl", "ffi", "ffl"};
  if (code_point >= 0xFB00 && code_point <= 0xFB04) {
    for (const char letter : ligatures[code_point - 0xFB00]) append(letter, source);
    return;
  }
  const char folded = fold_one(code_point);
  const bool is_lower_case = code_point >= 'a' && code_point <= 'z';
  if (is_lower_case || code_point >= 0xDF) join_hyphenated_word(folded);
  append(folded, source);
}

// "vein-\ntitrés": the dash and the line end go, so that words are found whole.
void FoldedText::join_hyphenated_word(char next) {
  const std::size_t size = text_.size();
  if (size < 3 || !is_lower(next)) return;
  if (text_[size - 1] != '\n' || text_[size - 2] != '-' || !is_lower(text_[size - 3])) return;
  text_.resize(size - 2);
  while (!runs_.empty() && runs_.back().folded >= text_.size()) runs_.pop_back();
}

std::uint32_t FoldedText::source_begin(std::size_t begin) const {
  const auto after =
      std::upper_bound(runs_.begin(), runs_.end(), begin,
                       [](std::size_t position, const Run& run) { return position < run.folded; });
  if (after == runs_.begin()) return 0;
  const Run& run = *(after - 1);
  return run.source + (static_cast<std::uint32_t>(begin) - run.folded);
}

std::uint32_t FoldedText::source_end(std::size_t end) const {
  const std::uint32_t last = source_begin(end - 1);
  return last + static_cast<std::uint32_t>(decode_at(source_, last).size);
}

std::string_view FoldedText::raw(std::size_t begin, std::size_t end) const {
  const std::uint32_t first = source_begin(begin);
  return source_.substr(first, source_end(end) - first);
}

bool FoldedText::is_upper(std::size_t begin, std::size_t end) const {
  return std::ranges::none_of(raw(begin, end), is_lower);
}

}  // namespace civicum::fields
