// SPDX-License-Identifier: GPL-3.0-or-later
// The bytes of streams: a page image's as they lie in the PDF, decrypted but not decoded, and any
// stream's part by part.
#pragma once

#include <Object.h>
#include <Stream.h>
#include <XRef.h>

#include <array>
#include <span>
#include <string>

#include "base/result.h"
#include "document/pdf_scan.h"

namespace civicum {

inline constexpr std::size_t stored_image_bytes_max = std::size_t{64} << 20;

/// BadInput where the image is not what the page's scan saw, or over stored_image_bytes_max: the
/// page can still be rendered.
Result<std::string> fetch_image(XRef& xref, const PdfImage& image);

/// Hands over a decoded stream's bytes, part by part, while `take` returns true.
template <typename Take>
void for_each_part(Stream& stream, Take take) {
  std::array<unsigned char, 16384> part{};
  (void)stream.reset();
  for (;;) {
    const int count = stream.doGetChars(static_cast<int>(part.size()), part.data());
    if (count <= 0 || !take(std::span(part).first(static_cast<std::size_t>(count)))) break;
  }
  stream.close();
}

/// Reads from the JPEG's own header whether it is progressive, which costs memory.
void note_coding(XRef& xref, PdfImage& image);

/// A stream's bytes as they come; BadInput over stored_image_bytes_max.
Result<std::string> stored_bytes(Stream& coded);

}  // namespace civicum
