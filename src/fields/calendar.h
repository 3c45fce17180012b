// SPDX-License-Identifier: GPL-3.0-or-later
// Days that exist, as ISO 8601. Years 1800 to 2100: what is outside is no date of a document.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace civicum::fields {

struct CalendarDay {
  int year = 0;
  int month = 0;
  int day = 0;
};

/// "2024-03-05", or nothing for a day that does not exist.
std::optional<std::string> iso_of(const CalendarDay& day);

/// A two-digit year: 00 … 49 are 2000 … 2049, the rest 1950 … 1999.
int full_year(int two_digits);

struct ReadNumber {
  int value = 0;
  bool is_repaired = false;
};

/// At most nine digits, letters that look like digits repaired; at least half must be digits.
std::optional<ReadNumber> read_number(std::string_view folded);

}  // namespace civicum::fields
