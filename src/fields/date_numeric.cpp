// SPDX-License-Identifier: GPL-3.0-or-later
// Dates in figures, day first as Chile writes them: 05/03/2024, 5-3-2024, 05.03.2024, 05/03/24,
// 2024-03-05. Section numbers, versions and document numbers look alike, hence the rules of
// evidence.
#include <algorithm>

#include "fields/calendar.h"
#include "fields/finders.h"

namespace civicum::fields {
namespace {

// "N° 12/05/2020", "versión 10.12.2020": a number, not a day.
bool is_numbered(std::string_view text, std::size_t at) {
  static const Pattern label(
      R"((?:\bn ?[*?%"]|\bnumero|\bnro\.?|\bversion|\bv\.|\bver\.|#|\$|\bart(?:iculo|\.)|\bid|\brol|\bfolio|)"
      R"(\bseccion|\bnumeral|\bpunto|\bip|\bfono|\btelefono)[ \n]?:?[ \n]?$)");
  return label.is_in(before(text, at, 16));
}

bool is_date_label_before(std::string_view text, std::size_t at) {
  static const Pattern label(
      R"((?:\bfecha|\bdia|\bdel?|\bal|\bel|\bdesde|\bhasta|\bvenc[a-z]*|\bemi[a-z]*|\bvigencia|\bnac[a-z]*|)"
      R"(\binicio|\btermino|\bpago|\bentrega)[ \n]?[.:]?[ \n]?$)");
  return label.is_in(before(text, at, 20));
}

struct Parts {
  std::string_view first;
  std::string_view second;
  std::string_view third;
  char joint = '/';
};

std::optional<Candidate> read_day_first(std::string_view text, Span all, const Parts& parts) {
  const auto day = read_number(parts.first);
  const auto month = read_number(parts.second);
  const auto year = read_number(parts.third);
  if (!day || !month || !year) return std::nullopt;
  const bool is_short = parts.third.size() == 2;
  if (is_short) {
    const bool is_padded =
        parts.first.size() == 2 && parts.second.size() == 2 && parts.joint != '.';
    if (!is_padded && !is_date_label_before(text, all.begin)) return std::nullopt;
  }
  const int full = is_short ? full_year(year->value) : year->value;
  auto value = iso_of({full, month->value, day->value});
  if (!value) return std::nullopt;
  Candidate candidate{FieldKind::Date, all.begin, all.end, std::move(*value)};
  candidate.is_repaired = day->is_repaired || month->is_repaired || year->is_repaired;
  return candidate;
}

bool is_standing_alone(std::string_view text, Span all) {
  if (!is_number_start(text, all.begin) || is_numbered(text, all.begin)) return false;
  const bool has_time =
      all.end + 1 < text.size() && text[all.end] == 't' && is_digit(text[all.end + 1]);
  return has_time || is_number_end(text, all.end);
}

}  // namespace

void find_numeric_dates(const FoldedText& page, std::vector<Candidate>& found) {
  static const std::string digit = "[" + std::string(digit_class) + "]";
  static const Pattern day_first("(" + digit + "{1,2}) ?([/.-]) ?\\n?(" + digit +
                                 "{1,2}) ?([/.-]) ?\\n?(" + digit + "{4}|" + digit + "{2})");
  static const Pattern year_first("([12][0-9]{3})([/-])([0-9]{2})([/-])([0-9]{2})");
  const std::string_view text = page.text();
  const auto take = [&](std::span<const Span> g, bool is_year_first) -> std::optional<std::size_t> {
    if (text[g[2].begin] != text[g[4].begin] || !is_standing_alone(text, g[0])) return std::nullopt;
    const Span day = is_year_first ? g[5] : g[1];
    const Span year = is_year_first ? g[1] : g[5];
    const Parts parts{slice(text, day), slice(text, g[3]), slice(text, year), text[g[2].begin]};
    auto candidate = read_day_first(text, g[0], parts);
    if (!candidate) return std::nullopt;
    found.push_back(std::move(*candidate));
    return g[0].end;
  };
  day_first.for_each(text, [&](std::span<const Span> groups) { return take(groups, false); });
  year_first.for_each(text, [&](std::span<const Span> groups) { return take(groups, true); });
}

}  // namespace civicum::fields
