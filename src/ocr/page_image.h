// SPDX-License-Identifier: GPL-3.0-or-later
// Leptonica's part of reading a page: is there anything on it, is it noise, which way is up, how
// askew is it. Pictures in, pictures and figures out; no text.
#pragma once

#include <cstdint>
#include <optional>

#include "document/bitmap.h"
#include "ocr/recognized.h"

namespace civicum {

/// The 1-bit picture of a raster by one global threshold (black is 1). For decisions about the
/// page only: the engine thresholds for itself, better. A clone where it is 1-bit already.
PixPtr binarize(const Pix& pix);

struct InkFacts {
  double share = 0;                   ///< black pixels of all, 0…1
  std::uint32_t component_count = 0;  ///< connected black shapes
};
InkFacts measure_ink(const PixPtr& black);

/// True where nothing on the page can be text: a few specks at most.
bool is_blank(const InkFacts& ink);
/// True where the page is blank if no text is found on it: there is dirt, but no drawing.
bool is_nearly_blank(const InkFacts& ink);
/// True where the page is light print on dark.
bool is_inverted(const InkFacts& ink);
Raster invert(Raster raster);
/// True where there are more shapes than print can have: noise, which layout analysis may never end
/// on.
bool is_speckled(const InkFacts& ink, const Raster& raster);

/// The contrast, in grey levels, above which strokes stand out of this picture's noise, where one
/// threshold for the whole page loses many of them: grey print beside black, a shadow, a faint
/// scan. Empty where it does not, and of 1-bit pictures.
std::optional<int> find_lost_contrast(const Pix& pix);
/// The page with each part's paper white and its ink black, where they differ by `contrast`.
Raster even_out(const Raster& raster, int contrast);

/// The page without single specks (a 3x3 median).
Raster take_out_specks(Raster raster);
/// The page in 1 bit without shapes smaller than a letter's stroke; accents and full stops go too.
Raster take_out_small_shapes(Raster raster);

/// Degrees clockwise (0, 90, 180, 270) that set the picture upright, by the ascenders and
/// descenders of its lower-case letters. Empty where there are too few.
std::optional<std::uint16_t> detect_turn(const PixPtr& black, Dpi dpi);
PixPtr turn(PixPtr pix, std::uint16_t degrees);

/// Degrees clockwise that make the lines level; 0 where they are, or where it cannot be told.
float detect_skew(const PixPtr& black);

/// A part of the picture, as a picture of its own; null where the box lies outside.
PixPtr clip(const PixPtr& pix, const PixelBox& box);

/// True where the ink in the box is one mark that fills its own bounds: a bullet, no letter.
bool is_solid_mark(const PixPtr& black, const PixelBox& box);

/// A picture rotated about its middle, and the way back.
struct Deskewed {
  PixPtr pix;
  float degrees = 0;
};
Deskewed deskew(PixPtr pix, float degrees);

}  // namespace civicum
