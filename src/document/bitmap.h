// SPDX-License-Identifier: GPL-3.0-or-later
// A Leptonica picture as an owned value, and a page's raster with its scale.
#pragma once

#include <allheaders.h>

#include <memory>
#include <string>

#include "base/units.h"

namespace civicum {

struct PixDeleter {
  void operator()(Pix* pix) const { pixDestroy(&pix); }
};
using PixPtr = std::unique_ptr<Pix, PixDeleter>;

/// An upright page, 8-bit grey or 1-bit, as OCR takes it. A pixel is 72 / dpi points.
struct Raster {
  PixPtr pix;
  Dpi dpi;
  std::string complaint = {};  ///< the first error of a library while it was made; empty: none
};

}  // namespace civicum
