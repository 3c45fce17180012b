// SPDX-License-Identifier: GPL-3.0-or-later
// TIFF pages over libtiff: those that Leptonica does not read (tiles, separate planes, odd numbers
// of channels), and what is broken in any. Tile row by tile row (strip by strip), so that a large
// page never stands in memory in colour.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "document/bitmap.h"
#include "document/image_header.h"

namespace civicum {

/// Sends what libtiff says of broken data to library_errors. Call once, before the first picture.
/// (Leptonica silences the plain handlers, not these.)
void watch_tiff();

enum class TiffColours : std::uint8_t { Grey, Kept };

/// Upright by its orientation tag, over white where it is transparent; 1-bit where the page is,
/// else 8-bit grey or 32-bit colour. BadInput: a kind that libtiff cannot show (compression not
/// built in, numbers with a point); Corrupt: nothing can be decoded. Broken parts are noted as a
/// loss.
Result<PixPtr> decode_tiff_bands(std::string_view file, const ImagePageHeader& page,
                                 TiffColours colours);

/// Notes a loss where a deflated part of the page has another checksum: libtiff does not look at
/// it.
void check_tiff_checksums(std::string_view file, const ImagePageHeader& page);

}  // namespace civicum
