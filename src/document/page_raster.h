// SPDX-License-Identifier: GPL-3.0-or-later
// A decoded picture becomes its page's raster: turned upright, scaled, laid on white paper.
#pragma once

#include "base/result.h"
#include "document/bitmap.h"
#include "document/placement.h"
#include "document/raster_plan.h"

namespace civicum {

/// Turns and mirrors the picture by `placement`; null where Leptonica cannot allocate.
PixPtr turn(PixPtr pix, const ImagePlacement& placement);

/// `pix` is what the decoder made of the image by `plan`: 1-bit or 8-bit grey. OutOfMemory where
/// Leptonica cannot allocate.
Result<Raster> place_on_page(PixPtr pix, const ImagePlacement& placement, const PageSize& page,
                             const RasterPlan& plan);

}  // namespace civicum
