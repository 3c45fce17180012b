// SPDX-License-Identifier: GPL-3.0-or-later
#include "fields/amount.h"

#include <algorithm>
#include <vector>

#include "fields/scan.h"

namespace civicum::fields {
namespace {

constexpr std::size_t figures_max = 18;

struct Pieces {
  std::vector<std::string> digits;
  std::string joints;  ///< one separator between each two pieces
  bool is_repaired = false;
};

std::optional<Pieces> split(std::string_view figures) {
  Pieces pieces;
  pieces.digits.emplace_back();
  for (std::size_t i = 0; i < figures.size(); ++i) {
    const char c = figures[i];
    const bool is_look_alike = c == 'o' || c == 'i' || c == 'l';
    if (is_digit(c) || is_look_alike) {
      pieces.digits.back().push_back(c == 'o' ? '0' : (is_look_alike ? '1' : c));
      pieces.is_repaired = pieces.is_repaired || is_look_alike;
      continue;
    }
    const bool is_blank = c == ' ' || c == '\n';
    if (is_blank && i > 0 && (figures[i - 1] == '.' || figures[i - 1] == ',')) continue;
    if (!is_blank && c != '.' && c != ',') return std::nullopt;
    pieces.joints.push_back(is_blank ? ' ' : c);
    pieces.digits.emplace_back();
  }
  const bool has_gap = std::ranges::any_of(pieces.digits, &std::string::empty);
  if (has_gap || figures.size() > figures_max + pieces.joints.size() * 2) return std::nullopt;
  return pieces;
}

// How many pieces from the left are the whole part; the last one may be decimals.
std::size_t count_whole(const Pieces& pieces, LoneComma comma) {
  const std::size_t count = pieces.digits.size();
  if (count == 1) return 1;
  const char last = pieces.joints.back();
  const auto same = static_cast<std::size_t>(std::ranges::count(pieces.joints, last));
  if (last == ' ') return count;
  if (same > 1) return count;
  // "$ 7.214,000": OCR made a comma of the last point.
  if (count > 2 && comma == LoneComma::Groups && pieces.digits.back().size() == 3) return count;
  if (count > 2) return count - 1;
  if (pieces.digits[1].size() != 3) return 1;
  const bool is_fraction = pieces.digits[0] == "0" || (last == ',' && comma == LoneComma::Divides);
  return is_fraction ? 1 : 2;
}

bool is_grouped_in_threes(const Pieces& pieces, std::size_t whole) {
  if (whole > 1 && (pieces.digits[0].size() > 3 || pieces.digits[0][0] == '0')) return false;
  for (std::size_t i = 1; i < whole; ++i) {
    if (pieces.digits[i].size() != 3 || (pieces.joints[i - 1] == ' ') != (pieces.joints[0] == ' '))
      return false;
  }
  return whole == pieces.digits.size() || pieces.digits.back().size() <= 6;
}

std::string trimmed(std::string whole, std::string fraction) {
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size() - 1));
  while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
  return fraction.empty() ? whole : whole + '.' + fraction;
}

}  // namespace

std::optional<Amount> read_amount(std::string_view figures, LoneComma comma) {
  const auto pieces = split(figures);
  if (!pieces) return std::nullopt;
  const std::size_t whole_count = count_whole(*pieces, comma);
  if (!is_grouped_in_threes(*pieces, whole_count)) return std::nullopt;
  std::string whole;
  for (std::size_t i = 0; i < whole_count; ++i) whole += pieces->digits[i];
  std::string fraction = whole_count < pieces->digits.size() ? pieces->digits.back() : "";
  if (whole.size() > figures_max) return std::nullopt;
  return Amount{trimmed(std::move(whole), std::move(fraction)), pieces->is_repaired};
}

std::string scale_decimal(std::string_view decimal, std::size_t power) {
  const std::size_t point = std::min(decimal.find('.'), decimal.size());
  std::string whole(decimal.substr(0, point));
  std::string fraction(decimal.substr(std::min(point + 1, decimal.size())));
  if (fraction.size() < power) fraction.append(power - fraction.size(), '0');
  whole += fraction.substr(0, power);
  return trimmed(std::move(whole), fraction.substr(power));
}

}  // namespace civicum::fields
