// SPDX-License-Identifier: GPL-3.0-or-later
// Units as types: a number of bytes or dots per inch cannot be mistaken for another.
#pragma once

#include <compare>
#include <cstdint>

namespace civicum {

struct Bytes {
  std::uint64_t count = 0;
  friend constexpr auto operator<=>(Bytes, Bytes) = default;
  friend constexpr Bytes operator+(Bytes a, Bytes b) { return {a.count + b.count}; }
  /// Never below zero: what is left of a budget.
  friend constexpr Bytes operator-(Bytes a, Bytes b) {
    return {a.count > b.count ? a.count - b.count : 0};
  }
};

constexpr Bytes kib(std::uint64_t n) { return {n << 10}; }
constexpr Bytes mib(std::uint64_t n) { return {n << 20}; }
constexpr Bytes gib(std::uint64_t n) { return {n << 30}; }

/// Dots per inch of a raster; whole numbers are exact enough for every decision made with them.
struct Dpi {
  std::uint32_t value = 0;
  friend constexpr auto operator<=>(Dpi, Dpi) = default;
};

}  // namespace civicum
