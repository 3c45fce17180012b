// SPDX-License-Identifier: GPL-3.0-or-later
// Coded image bytes into a page's raster, without rendering: JPEG by its luminance, fax group 4 as
// it is. How big the raster becomes is decided before anything is decoded.
//
// Choices measured on scanned pages in bench/results/raster_scale.md.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "document/bitmap.h"
#include "document/document.h"
#include "document/placement.h"

namespace civicum {

inline constexpr std::size_t stored_image_bytes_max = std::size_t{64} << 20;

struct StoredImage {
  ImageEncoding encoding = ImageEncoding::Jpeg;
  std::uint32_t width_px = 0;  ///< as the document says; the bytes must agree
  std::uint32_t height_px = 0;
  std::string bytes;
};

/// BadInput where the bytes are not what the document says or cannot be decoded, OutOfMemory where
/// a library could not allocate.
Result<Raster> page_raster(const StoredImage& image, const ImagePlacement& placement,
                           const PageSize& page, Dpi dpi);

/// How an image becomes a raster: which share of its pixels the decoder reads, what then is scaled.
struct RasterPlan {
  std::uint32_t reduction = 1;  ///< the decoder keeps each n-th pixel: 1, 2, 4, 8
  Dpi dpi;                      ///< of the raster
  bool is_one_bit = false;      ///< the raster stays 1-bit
};
/// Pure. `is_one_bit` of the source, whose pixels are `source` dots per inch on the page.
RasterPlan plan_raster(Dpi source, bool is_one_bit, Dpi wished);

/// Upright, scaled and placed on a white page. `pix` is what the decoder made of it.
Result<Raster> place_on_page(PixPtr pix, const ImagePlacement& placement, const PageSize& page,
                             const RasterPlan& plan);

}  // namespace civicum
