// SPDX-License-Identifier: GPL-3.0-or-later
// Figures to exact decimals: "1.250.000" -> "1250000", "2.500,75" -> "2500.75", "1,250.50" ->
// "1250.5". Never through floating point.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace civicum::fields {

struct Amount {
  std::string decimal;  ///< "1250000", "0.5": no grouping, no superfluous zeros
  bool is_repaired = false;
};

/// What one separator with three digits behind it means where nothing else tells: pesos have no
/// decimals in practice, the comma of a UF is a decimal comma.
enum class LoneComma : std::uint8_t { Groups, Divides };

/// Digits with '.', ',' and blanks between them; the letters o, i and l are repaired. Nothing where
/// the grouping is not in threes.
std::optional<Amount> read_amount(std::string_view figures, LoneComma comma);

/// The decimal times ten to the power.
std::string scale_decimal(std::string_view decimal, std::size_t power);

}  // namespace civicum::fields
