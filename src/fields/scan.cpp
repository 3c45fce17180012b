// SPDX-License-Identifier: GPL-3.0-or-later
#include "fields/scan.h"

#include <algorithm>
#include <array>

#include "base/result.h"

namespace civicum::fields {
namespace {

// Programs here take 10 to 60 KiB; the rest is room for the lazily built automaton, which falls
// back to a slower engine when it is full.
constexpr std::int64_t pattern_memory_max = std::int64_t{512} << 10;

RE2::Options pattern_options() {
  RE2::Options options;
  options.set_encoding(RE2::Options::EncodingLatin1);
  options.set_max_mem(pattern_memory_max);
  options.set_log_errors(false);
  return options;
}

std::size_t end_of_first_word(std::string_view text, Span match) {
  std::size_t at = match.begin + 1;
  while (at < match.end && (is_alnum(text[at]) || text[at] == '.')) ++at;
  return at;
}

}  // namespace

Pattern::Pattern(const std::string& pattern) : re_(pattern, pattern_options()) {
  ENSURE(re_.ok());
  ENSURE(re_.NumberOfCapturingGroups() < groups_max);
}

void Pattern::for_each(std::string_view text, const Accept& accept) const {
  const re2::StringPiece piece(text.data(), text.size());
  const int count = re_.NumberOfCapturingGroups() + 1;
  std::array<re2::StringPiece, groups_max> groups;
  std::array<Span, groups_max> spans;
  std::size_t at = 0;
  while (at < text.size() &&
         re_.Match(piece, at, text.size(), RE2::UNANCHORED, groups.data(), count)) {
    std::ranges::transform(groups, spans.begin(), [&](const re2::StringPiece& group) -> Span {
      if (group.data() == nullptr) return {};
      const auto begin = static_cast<std::size_t>(group.data() - text.data());
      return {begin, begin + group.size()};
    });
    const auto next = accept(std::span(spans).first(static_cast<std::size_t>(count)));
    at = std::max(next.value_or(end_of_first_word(text, spans[0])), at + 1);
  }
}

bool Pattern::is_in(std::string_view text) const {
  return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), re_);
}

std::string_view slice(std::string_view text, Span span) {
  return text.substr(span.begin, span.end - span.begin);
}

std::string_view before(std::string_view text, std::size_t at, std::size_t size_max) {
  const std::string_view all = text.substr(at - std::min(at, size_max), std::min(at, size_max));
  const std::size_t gap = all.rfind('\f');
  return gap == std::string_view::npos ? all : all.substr(gap + 1);
}

std::string_view after(std::string_view text, std::size_t at, std::size_t size_max) {
  const std::string_view all = text.substr(std::min(at, text.size()), size_max);
  return all.substr(0, all.find('\f'));
}

bool is_number_start(std::string_view text, std::size_t at) {
  if (at == 0) return true;
  const char last = text[at - 1];
  if (is_alnum(last) || last == '@' || last == '_') return false;
  const bool is_joint = last == '.' || last == ',' || last == '-' || last == '/' || last == ':';
  return !(is_joint && at >= 2 && is_alnum(text[at - 2]) &&
           (is_digit(text[at - 2]) || last == '-'));
}

bool is_number_end(std::string_view text, std::size_t at) {
  if (at >= text.size()) return true;
  if (is_alnum(text[at]) || text[at] == '_' || text[at] == '@' || text[at] == '%') return false;
  const bool is_joint = text[at] == '.' || text[at] == ',' || text[at] == '-' || text[at] == '/';
  return !(is_joint && at + 1 < text.size() && is_digit(text[at + 1]));
}

Span next_word(std::string_view text, std::size_t at) {
  while (at < text.size() && !is_alnum(text[at])) {
    if (text[at] == '\f') return {};
    ++at;
  }
  const std::size_t begin = at;
  while (at < text.size() && is_alnum(text[at])) ++at;
  return {begin, at};
}

Span previous_word(std::string_view text, std::size_t at) {
  while (at > 0 && !is_alnum(text[at - 1])) {
    if (text[at - 1] == '\f') return {};
    --at;
  }
  const std::size_t end = at;
  while (at > 0 && is_alnum(text[at - 1])) --at;
  return {at, end};
}

std::optional<char> digit_behind(char folded) {
  if (is_digit(folded)) return folded;
  constexpr std::string_view letters = "oilsbzgq|!";
  constexpr std::string_view digits = "0115826911";
  const std::size_t at = letters.find(folded);
  if (at == std::string_view::npos) return std::nullopt;
  return digits[at];
}

}  // namespace civicum::fields
