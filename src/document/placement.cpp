// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/placement.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace civicum {

std::optional<std::uint16_t> turn_of(double a, double b, double c, double d) {
  // A skew of a quarter degree moves the far corner of an A4 page by 4 points.
  constexpr double skew_max = 0.004;
  const double straight = std::min(std::abs(a), std::abs(d));
  const double crossed = std::min(std::abs(b), std::abs(c));
  if (straight > 0 && std::max(std::abs(b), std::abs(c)) <= skew_max * straight) {
    if (a > 0 && d < 0) return 0;
    if (a < 0 && d > 0) return 180;
    return std::nullopt;
  }
  if (crossed > 0 && std::max(std::abs(a), std::abs(d)) <= skew_max * crossed) {
    if (b > 0 && c > 0) return 90;
    if (b < 0 && c < 0) return 270;
  }
  return std::nullopt;
}

ImagePlacement oriented(std::uint16_t orientation) {
  ImagePlacement placement;
  constexpr std::array<std::uint16_t, 8> turns = {0, 0, 180, 180, 90, 90, 270, 270};
  placement.turned = turns.at(orientation - 1U);
  placement.is_mirrored =
      orientation == 2 || orientation == 4 || orientation == 5 || orientation == 7;
  return placement;
}

Box turn_box(const Box& box, std::uint16_t degrees, const PageSize& page) {
  const auto [width, height] = page;
  switch (degrees) {
    case 90:
      return {height - box.y1, box.x0, height - box.y0, box.x1};
    case 180:
      return {width - box.x1, height - box.y1, width - box.x0, height - box.y0};
    case 270:
      return {box.y0, width - box.x1, box.y1, width - box.x0};
    default:
      return box;
  }
}

Box intersect(const Box& a, const Box& b) {
  const Box both = {std::max(a.x0, b.x0), std::max(a.y0, b.y0), std::min(a.x1, b.x1),
                    std::min(a.y1, b.y1)};
  if (both.x1 <= both.x0 || both.y1 <= both.y0) return {};
  return both;
}

double area_of(const Box& box) {
  return static_cast<double>(box.x1 - box.x0) * static_cast<double>(box.y1 - box.y0);
}

}  // namespace civicum
