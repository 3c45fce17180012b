// SPDX-License-Identifier: GPL-3.0-or-later
// Coded image bytes into pixels: JPEG by its luminance, fax group 4 and TIFF pages as they are,
// always grey or 1-bit. Leptonica's messages decide beside its return values (library_errors.h).
//
// Errors: BadInput where the bytes are not what the caller was told, Corrupt where they cannot be
// decoded, OutOfMemory where the library could not allocate.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "document/bitmap.h"

namespace civicum {

/// Of the coded picture, as a document or a header says; the bytes must agree.
struct PixelSize {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
};

/// 8-bit, smaller by `reduction` (1, 2, 4, 8) in each direction.
Result<PixPtr> decode_jpeg(std::string_view bytes, PixelSize size, std::uint32_t reduction);

/// 1-bit; 1 is black.
Result<PixPtr> decode_group4(std::string_view bytes, PixelSize size);

/// The TIFF page whose directory lies at `ifd_offset`, upright by its orientation tag.
Result<PixPtr> decode_tiff_page(std::string_view file, std::uint32_t ifd_offset);

}  // namespace civicum
