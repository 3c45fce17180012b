// SPDX-License-Identifier: GPL-3.0-or-later
// How big the raster of a page's image becomes, and what its decoder holds meanwhile; decided from
// headers alone, before anything is decoded. Pure.
//
// Measured on scanned pages in bench/results/raster_scale.md.
#pragma once

#include <cstdint>

#include "base/units.h"
#include "document/document.h"

namespace civicum {

struct RasterPlan {
  std::uint32_t reduction = 1;  ///< the decoder gives a picture smaller by this in each direction
  Dpi dpi;                      ///< of the raster, which may be kept as it is rather than `wished`
  bool is_one_bit = false;      ///< the raster stays 1-bit
  /// What the decoder holds beside the raster: its picture before scaling, and what it needs to
  /// make that. 0 where the decoded picture is the raster.
  Bytes source_bytes;
};

/// A progressive JPEG is kept as coefficients until its last scan, however it is decoded; else 0.
Bytes coefficient_bytes(const FullPageImage& image);

RasterPlan plan_raster(const FullPageImage& image, Dpi wished);

}  // namespace civicum
