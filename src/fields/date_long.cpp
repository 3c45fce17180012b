// SPDX-License-Identifier: GPL-3.0-or-later
// Dates around the name of a month, read outwards from it:
//   "5 de marzo de 2024", "05 MAR 2024", "05-mar-24", "marzo 5, 2024", "1° de mayo del año 2.024",
//   "a veintitrés días del mes de mayo de mil novecientos noventa y ocho".
// A month that OCR misspelt counts only between "de" and "de".
#include <algorithm>
#include <array>
#include <cstdint>

#include "fields/calendar.h"
#include "fields/finders.h"
#include "fields/number_words.h"

namespace civicum::fields {
namespace {

constexpr std::size_t day_words_max = 3;
constexpr std::size_t year_words_max = 7;

constexpr std::array<std::string_view, 12> month_names = {
    "enero", "febrero", "marzo",      "abril",   "mayo",      "junio",
    "julio", "agosto",  "septiembre", "octubre", "noviembre", "diciembre"};

struct Part {
  Span span;
  int value = 0;
  bool is_repaired = false;
};

// Three letters are enough where the whole word is an abbreviation ("sept" and "set" included).
int month_of(std::string_view word) {
  if (word.size() < 3) return 0;
  for (std::size_t i = 0; i < month_names.size(); ++i) {
    if (word == month_names[i] || word == month_names[i].substr(0, 3))
      return static_cast<int>(i) + 1;
  }
  if (word == "setiembre" || word == "sept" || word == "set") return 9;
  return 0;
}

// "rnarzo", "febrcro", "dicienbre".
int misspelt_month_of(std::string_view word) {
  if (word.size() < 4 || word.size() > 12) return 0;
  const std::size_t split = std::min(word.find("rn"), word.size());
  std::string joined(word.substr(0, split));
  if (split < word.size()) joined.append("m").append(word.substr(split + 2));
  int month = 0;
  for (std::size_t i = 0; i < month_names.size(); ++i) {
    if (!is_almost(joined, month_names[i])) continue;
    if (month != 0) return 0;
    month = static_cast<int>(i) + 1;
  }
  return month;
}

/// "?" is what OCR makes of the little circle in "1°".
bool is_gap(std::string_view text, std::size_t begin, std::size_t end) {
  return end - begin <= 4 && text.substr(begin, end - begin).find_first_not_of(" \n.,-/*()'\"?") ==
                                 std::string_view::npos;
}

/// Walks words away from the month, in one direction, refusing wide gaps.
class Walk {
 public:
  enum class Direction : std::uint8_t { Back, On };
  Walk(std::string_view text, Span from, Direction direction)
      : text_(text), at_(from), direction_(direction) {}

  std::string_view peek() const { return slice(text_, span()); }
  Span span() const {
    const bool is_back = direction_ == Direction::Back;
    const Span word = is_back ? previous_word(text_, at_.begin) : next_word(text_, at_.end);
    if (word.empty()) return {};
    const bool is_near =
        is_back ? is_gap(text_, word.end, at_.begin) : is_gap(text_, at_.end, word.begin);
    return is_near ? word : Span{};
  }
  void step() { at_ = span(); }
  bool skip(std::initializer_list<std::string_view> words) {
    const std::string_view word = peek();
    if (word.empty() || std::ranges::find(words, word) == words.end()) return false;
    step();
    return true;
  }

 private:
  std::string_view text_;
  Span at_;
  Direction direction_;
};

std::optional<Part> read_day_figure(const FoldedText& page, Span span) {
  std::string_view word = slice(page.text(), span);
  if (word.size() >= 2 && is_digit(word[0])) {
    const std::string_view tail = word.substr(1);
    const bool is_ordinal_o = tail == "o" && page.raw(span.end - 1, span.end) == "o";
    if (word[0] == '1' && (tail == "ro" || tail == "ero" || is_ordinal_o)) word = "1";
  }
  if (word.size() > 2) return std::nullopt;
  const auto number = read_number(word);
  if (!number || number->value < 1 || number->value > 31) return std::nullopt;
  if (!is_number_start(page.text(), span.begin)) return std::nullopt;
  return Part{span, number->value, number->is_repaired};
}

std::optional<Part> read_day_words(std::string_view text, Walk walk) {
  std::array<std::string_view, day_words_max> words;
  std::optional<Part> best;
  for (std::size_t count = 1; count <= day_words_max; ++count) {
    const Span span = walk.span();
    if (span.empty()) break;
    words[day_words_max - count] = slice(text, span);
    const auto tail = std::span(words).last(count);
    const auto value = number_of(tail, Spelling::Tolerant);
    if (value && *value <= 31) {
      const std::size_t end = best ? best->span.end : span.end;
      best = Part{{span.begin, end}, static_cast<int>(*value), false};
    } else if (words[day_words_max - count] != "y") {
      break;
    }
    if (!best) break;
    walk.step();
  }
  return best;
}

std::optional<Part> read_day(const FoldedText& page, Span month) {
  Walk walk(page.text(), month, Walk::Direction::Back);
  if (walk.skip({"de", "del"}) && walk.skip({"mes"})) walk.skip({"del", "de"});
  walk.skip({"dias", "dia"});
  const Span span = walk.span();
  if (span.empty()) return std::nullopt;
  if (auto figure = read_day_figure(page, span)) return figure;
  return read_day_words(page.text(), walk);
}

// "2024", "2.024", and behind a joint that is no blank "24".
std::optional<Part> read_year_figure(std::string_view text, Span from, Span span) {
  const std::string_view word = slice(text, span);
  const std::string_view gap = text.substr(from.end, span.begin - from.end);
  if (word == "2" || word == "1") {
    const bool has_tail = text.substr(span.end, 1) == "." && span.end + 4 <= text.size() &&
                          std::ranges::all_of(text.substr(span.end + 1, 3), is_digit);
    if (!has_tail || !is_number_end(text, span.end + 4)) return std::nullopt;
    const auto rest = read_number(text.substr(span.end + 1, 3));
    return Part{{span.begin, span.end + 4}, (word[0] - '0') * 1000 + rest->value, false};
  }
  const bool is_short =
      word.size() == 2 && (gap == "-" || gap == "/" || gap == ".") && is_digit(word[0]);
  if (word.size() != 4 && !is_short) return std::nullopt;
  const auto number = read_number(word);
  if (!number) return std::nullopt;
  return Part{span, is_short ? full_year(number->value) : number->value, number->is_repaired};
}

std::optional<Part> read_year_words(std::string_view text, Walk walk) {
  std::vector<std::string_view> words;
  std::optional<Part> best;
  const std::size_t begin = walk.span().begin;
  while (words.size() < year_words_max) {
    const Span span = walk.span();
    if (span.empty()) break;
    words.push_back(slice(text, span));
    if (words.back() != "y") {
      const auto value = number_of(words, Spelling::Tolerant);
      if (!value) break;
      best =
          Part{{begin, span.end}, static_cast<int>(std::min<std::uint64_t>(*value, 9999)), false};
    }
    walk.step();
  }
  return best;
}

// A round year may be the head of one whose last word is torn off or misread: "dos mil
// [vcintidos]".
bool is_year_complete(std::string_view text, const Part& year) {
  if (year.value % 10 != 0 || year.value % 100 == 10 || year.value % 100 == 20) return true;
  if (year.value % 100 == 0 && year.value != 2000) return false;
  if (year.span.end >= text.size()) return true;
  const char next = text[year.span.end];
  if (next != ' ' && next != '\n') return next != '\f' && next != '-';
  static const Pattern new_clause(
      R"(^[ \n](?:[(]|(?:ante|entre|comparecen?|en|a|se|siendo|por|el|la|los|ha|yo|don|dona|al|hasta)\b))");
  return new_clause.is_in(after(text, year.span.end, 16));
}

std::optional<Part> read_year(std::string_view text, Span from) {
  Walk walk(text, from, Walk::Direction::On);
  walk.skip({"de", "del"});
  walk.skip({"ano"});
  walk.skip({"de"});
  const Span span = walk.span();
  if (span.empty()) return std::nullopt;
  if (auto figure = read_year_figure(text, from, span)) return figure;
  const auto year = read_year_words(text, walk);
  return year && is_year_complete(text, *year) ? year : std::nullopt;
}

// "marzo 5, 2024", "marzo 5 de 2024": only with a full year in figures.
std::optional<std::pair<Part, Part>> read_month_first(const FoldedText& page, Span month) {
  Walk walk(page.text(), month, Walk::Direction::On);
  const Span span = walk.span();
  if (span.empty() || span.end - span.begin > 2) return std::nullopt;
  const auto day = read_day_figure(page, span);
  if (!day) return std::nullopt;
  const auto year = read_year(page.text(), span);
  if (!year || year->span.end - year->span.begin != 4) return std::nullopt;
  return std::pair{*day, *year};
}

bool is_framed(std::string_view text, Span word) {
  const Span ahead = previous_word(text, word.begin);
  const Span behind = next_word(text, word.end);
  const std::string_view next = slice(text, behind);
  return slice(text, ahead) == "de" && (next == "de" || next == "del");
}

std::optional<Candidate> read_around(const FoldedText& page, Span word, int month) {
  auto day = read_day(page, word);
  std::optional<Part> year;
  if (day) {
    year = read_year(page.text(), word);
  } else if (auto both = read_month_first(page, word)) {
    day = both->first;
    year = both->second;
  }
  if (!day || !year) return std::nullopt;
  auto value = iso_of({year->value, month, day->value});
  if (!value) return std::nullopt;
  Candidate candidate{FieldKind::Date, std::min(day->span.begin, word.begin), year->span.end,
                      std::move(*value)};
  candidate.is_repaired = day->is_repaired || year->is_repaired;
  return candidate;
}

}  // namespace

void find_long_dates(const FoldedText& page, std::vector<Candidate>& found) {
  const std::string_view text = page.text();
  std::size_t at = 0;
  while (at < text.size()) {
    while (at < text.size() && !is_alnum(text[at])) ++at;
    Span word{at, at};
    while (word.end < text.size() && is_alnum(text[word.end])) ++word.end;
    at = word.end;
    int month = month_of(slice(text, word));
    if (month == 0 && is_framed(text, word)) month = misspelt_month_of(slice(text, word));
    if (month == 0) continue;
    auto candidate = read_around(page, word, month);
    if (!candidate) continue;
    at = std::max(at, candidate->end);
    found.push_back(std::move(*candidate));
  }
}

}  // namespace civicum::fields
