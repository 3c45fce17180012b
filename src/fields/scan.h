// SPDX-License-Identifier: GPL-3.0-or-later
// What all finders share: the candidate they make, walking over matches and words, and the digits
// that OCR turns into letters. Positions are offsets into FoldedText::text().
#pragma once

#include <re2/re2.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fields/fields.h"
#include "fields/folded_text.h"

namespace civicum::fields {

struct Candidate {
  FieldKind kind = FieldKind::Rut;
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string value;
  std::optional<DocumentNumberType> type = std::nullopt;
  bool is_valid = true;
  bool is_repaired = false;
};

struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool empty() const { return begin == end; }
};

/// A pattern over folded text (bytes, case already folded); memory is bounded. Compile once, keep
/// in a static.
class Pattern {
 public:
  static constexpr int groups_max = 12;
  explicit Pattern(const std::string& pattern);

  /// Calls `accept` with the match (0) and its groups. It returns where to go on: the end of what
  /// it took, or nothing to go on after the first word of the match.
  using Accept = std::function<std::optional<std::size_t>(std::span<const Span>)>;
  void for_each(std::string_view text, const Accept& accept) const;

  /// True where the pattern matches somewhere in `text`; anchors are those of the pattern.
  bool is_in(std::string_view text) const;

 private:
  RE2 re_;
};

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_alnum(char c) { return is_digit(c) || is_letter(c); }

std::string_view slice(std::string_view text, Span span);

/// At most `size_max` bytes before (after) a position, not beyond an empty line.
std::string_view before(std::string_view text, std::size_t at, std::size_t size_max);
std::string_view after(std::string_view text, std::size_t at, std::size_t size_max);

/// False where the number is the tail (head) of a longer word or number: "1.[234-5]", "v[2.0]".
bool is_number_start(std::string_view text, std::size_t at);
bool is_number_end(std::string_view text, std::size_t at);

/// The words beside a position; empty at the ends of the text and at an empty line.
Span next_word(std::string_view text, std::size_t at);
Span previous_word(std::string_view text, std::size_t at);

/// The digit that OCR shows as this letter or sign; nothing for any other. A digit is itself.
std::optional<char> digit_behind(char folded);
/// Characters that digit_behind understands, for use inside a bracket expression.
inline constexpr std::string_view digit_class = "0-9oilsbzgq|!";

}  // namespace civicum::fields
