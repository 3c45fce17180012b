// SPDX-License-Identifier: GPL-3.0-or-later
// An image file as the pages of a PDF, around its own coded bytes where PDF knows their coding:
// JPEG whole, PNG without transparency or interlace, fax-coded TIFF of one strip. Anything else is
// decoded and coded again without loss.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "document/image_header.h"
#include "document/qpdf_api.h"

namespace civicum {

/// Pictures that must be decoded may have so many pixels: A3 at 600 dpi.
inline constexpr std::uint64_t layer_decoded_pixels_max = 70'000'000;

/// A4, with nothing on it: stands for a page that is lost. An indirect object of `pdf`.
QPDFObjectHandle blank_page(QPDF& pdf);

/// `file` must live as long as `pdf`: large images are not copied. Pages have the size and turn of
/// the record's.
Status add_image_pages(QPDF& pdf, std::string_view file, const ImageHeader& header);

}  // namespace civicum
