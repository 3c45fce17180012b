// SPDX-License-Identifier: GPL-3.0-or-later
// How big the paper of an image file is. Its own resolution says so, but cameras write 72 dpi into
// pictures of a page 4,000 pixels wide, and OCR wants letters of a known size. Pure.
#pragma once

#include "document/image_header.h"

namespace civicum {

struct ImageScale {
  /// Dots per inch by which the record's boxes are measured: the file's own, 200 if it names none.
  Resolution record;
  /// What the pixels suggest the paper is: the same, unless that is no size of a page.
  Resolution believed;
};

ImageScale image_scale(const ImagePageHeader& page);

}  // namespace civicum
