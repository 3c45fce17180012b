// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/pdf_trailer.h"

#include <algorithm>
#include <optional>

namespace civicum {
namespace {

constexpr std::size_t dictionary_size_max = 4096;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// "12 0" of "12 0 obj", which ends at `end`.
std::string object_number(std::string_view pdf, std::size_t end) {
  std::size_t begin = end;
  int numbers = 0;
  while (begin > 0 && numbers < 2) {
    while (begin > 0 && pdf[begin - 1] == ' ') --begin;
    const std::size_t digits_end = begin;
    while (begin > 0 && is_digit(pdf[begin - 1]) && digits_end - begin < 10) --begin;
    if (begin == digits_end) return {};
    ++numbers;
  }
  return numbers == 2 ? std::string(pdf.substr(begin, end - begin)) : std::string();
}

/// Of the object whose dictionary holds `at`.
std::string object_around(std::string_view pdf, std::size_t at) {
  const std::size_t begin = at - std::min(at, dictionary_size_max);
  const std::string_view before = pdf.substr(begin, at - begin);
  const std::size_t mark = before.rfind("obj");
  if (mark == before.npos || mark < 2) return {};
  const bool is_end = before.substr(0, mark).ends_with("end");
  return is_end ? std::string() : object_number(pdf, begin + mark);
}

}  // namespace

std::string trailer_for(std::string_view pdf) {
  for (std::size_t at = pdf.rfind("/Catalog"); at != pdf.npos && at > 0;
       at = pdf.rfind("/Catalog", at - 1)) {
    std::string number = object_around(pdf, at);
    while (!number.empty() && number.back() == ' ') number.pop_back();
    if (!number.empty()) return "\nendobj\ntrailer\n<< /Root " + number + " R >>\n%%EOF\n";
  }
  return {};
}

}  // namespace civicum
