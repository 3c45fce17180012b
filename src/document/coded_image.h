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
#include "document/image_header.h"

namespace civicum {

/// Of the coded picture, as a document or a header says; the bytes must agree.
struct PixelSize {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
};

/// 8-bit, smaller by `reduction` (1, 2, 4, 8) in each direction. What is broken or cut off is read
/// as far as it goes, and noted as a loss (library_errors).
Result<PixPtr> decode_jpeg(std::string_view bytes, PixelSize size, std::uint32_t reduction);

/// 1-bit; 1 is black. Rows that are broken or missing are noted as a loss.
Result<PixPtr> decode_group4(std::string_view bytes, PixelSize size);

/// A TIFF's page, upright by its orientation tag. BadInput: a kind that nobody here reads.
Result<PixPtr> decode_tiff_page(std::string_view file, const ImagePageHeader& page);

}  // namespace civicum
