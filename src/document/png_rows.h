// SPDX-License-Identifier: GPL-3.0-or-later
// PNG into grey, row by row (libpng): colour by its luminance, transparency over white paper, boxes
// of pixels averaged on the way, so that memory is one byte per pixel of the result. Interlaced
// files are held whole, at one byte per pixel.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "document/bitmap.h"

namespace civicum {

/// 8-bit, smaller by `reduction` in each direction. What is broken or cut off is read as far as it
/// goes, and noted as a loss (library_errors); BadInput where no row is left or the file is
/// interlaced, OutOfMemory where the picture cannot be allocated.
Result<PixPtr> decode_png(std::string_view file, std::uint32_t reduction);

}  // namespace civicum
