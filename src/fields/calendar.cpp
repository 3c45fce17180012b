// SPDX-License-Identifier: GPL-3.0-or-later
#include "fields/calendar.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "fields/scan.h"

namespace civicum::fields {

std::optional<std::string> iso_of(const CalendarDay& day) {
  if (day.year < 1800 || day.year > 2100 || day.month < 1 || day.day < 1) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(day.year),
                                         std::chrono::month(static_cast<unsigned>(day.month)),
                                         std::chrono::day(static_cast<unsigned>(day.day))};
  if (!date.ok()) return std::nullopt;
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", day.year, day.month, day.day);
  return std::string(text);
}

int full_year(int two_digits) { return two_digits + (two_digits < 50 ? 2000 : 1900); }

std::optional<ReadNumber> read_number(std::string_view folded) {
  if (folded.empty() || folded.size() > 9) return std::nullopt;
  ReadNumber number;
  for (const char c : folded) {
    const auto digit = digit_behind(c);
    if (!digit) return std::nullopt;
    number.value = number.value * 10 + (*digit - '0');
    number.is_repaired = number.is_repaired || *digit != c;
  }
  const auto digits = std::ranges::count_if(folded, is_digit);
  if (static_cast<std::size_t>(digits) * 2 < folded.size()) return std::nullopt;
  return number;
}

}  // namespace civicum::fields
