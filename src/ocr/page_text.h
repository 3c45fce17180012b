// SPDX-License-Identifier: GPL-3.0-or-later
// Recognised blocks, in reading order, as the text of a page with word boxes in points. Pure.
#pragma once

#include <vector>

#include "base/page.h"
#include "ocr/recognized.h"

namespace civicum {

/// How the picture that was recognised lies on the upright page: it is the page's picture of
/// width_px × height_px, rotated clockwise by skew_degrees about its middle.
struct Sheet {
  int width_px = 0;
  int height_px = 0;
  int level_width_px = 0;
  int level_height_px = 0;
  float skew_degrees = 0;
  float points_per_pixel = 0;
};

/// A box of the recognised picture on the page before it was made level.
Box to_page_box(const PixelBox& box, const Sheet& sheet);

/// Words are parted by ' ', lines by '\n', blocks by an empty line. Stops at the bounds of a page.
PageText to_page_text(const std::vector<RecognizedBlock>& blocks, const Sheet& sheet);

}  // namespace civicum
