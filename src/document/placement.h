// SPDX-License-Identifier: GPL-3.0-or-later
// Where an image lies on its page, and how its samples become the page's raster.
#pragma once

#include <cstdint>
#include <optional>

#include "base/page.h"

namespace civicum {

/// Points of the upright page.
struct PageSize {
  float width = 0;
  float height = 0;
};

struct ImagePlacement {
  Box box;                   ///< the whole image, which may reach over the page's edges
  std::uint16_t turned = 0;  ///< degrees clockwise from the stored rows to the page
  bool is_mirrored = false;  ///< left and right change places after the turn
  bool is_inverted = false;  ///< of fax images: what the code calls black is shown white
};

/// What Exif's and TIFF's orientation 1…8 asks for: a turn clockwise, then a mirror.
ImagePlacement oriented(std::uint16_t orientation);

/// The turn of an image whose unit square is mapped by x = a u + c v + e, y = b u + d v + f to
/// points (y down); empty where it is mirrored, skewed or turned by anything but quarters.
std::optional<std::uint16_t> turn_of(double a, double b, double c, double d);

/// A box of a page of this size after the page was turned `degrees` (0, 90, 180, 270) clockwise.
Box turn_box(const Box& box, std::uint16_t degrees, const PageSize& page);

/// What two boxes share; empty boxes have no area.
Box intersect(const Box& a, const Box& b);
double area_of(const Box& box);

}  // namespace civicum
