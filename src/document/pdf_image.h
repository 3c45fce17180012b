// SPDX-License-Identifier: GPL-3.0-or-later
// A page image's bytes as they lie in the PDF, decrypted but not decoded.
#pragma once

#include <XRef.h>

#include "base/result.h"
#include "document/pdf_scan.h"
#include "document/stored_image.h"

namespace civicum {

/// BadInput where the image is not what the page's scan saw, TooLarge over stored_image_bytes_max.
Result<StoredImage> fetch_image(XRef& xref, const PdfImage& image);

}  // namespace civicum
