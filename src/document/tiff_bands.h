// SPDX-License-Identifier: GPL-3.0-or-later
// TIFF pages that Leptonica does not read, over libtiff: tiles, separate planes, odd numbers of
// channels. Tile row by tile row (strip by strip), so that a large page never stands in memory in
// colour.
#pragma once

#include <string_view>

#include "base/result.h"
#include "document/bitmap.h"
#include "document/image_header.h"

namespace civicum {

/// Sends what libtiff says of broken data to library_errors. Call once, before the first picture.
/// (Leptonica silences the plain handlers, not these.)
void watch_tiff();

/// Upright by its orientation tag; 1-bit where the page is, else 8-bit grey. BadInput: a kind that
/// libtiff cannot show (compression not built in, numbers with a point); Corrupt: broken data.
Result<PixPtr> decode_tiff_bands(std::string_view file, const ImagePageHeader& page);

}  // namespace civicum
