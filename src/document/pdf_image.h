// SPDX-License-Identifier: GPL-3.0-or-later
// A page image's bytes as they lie in the PDF, decrypted but not decoded.
#pragma once

#include <XRef.h>

#include <string>

#include "base/result.h"
#include "document/pdf_scan.h"

namespace civicum {

inline constexpr std::size_t stored_image_bytes_max = std::size_t{64} << 20;

/// BadInput where the image is not what the page's scan saw, or over stored_image_bytes_max: the
/// page can still be rendered.
Result<std::string> fetch_image(XRef& xref, const PdfImage& image);

/// A stream's bytes as they come; BadInput over stored_image_bytes_max.
Result<std::string> stored_bytes(Stream& coded);

}  // namespace civicum
