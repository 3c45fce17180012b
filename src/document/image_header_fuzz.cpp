// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes give a header within its bounds or an error.
#include <cstdint>

#include "document/image_header.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto header = civicum::read_image_header(bytes);
  if (!header) return 0;
  ENSURE(!header->pages.empty() && header->pages.size() <= civicum::tiff_pages_max);
  for (const auto& page : header->pages) {
    ENSURE(page.width_px > 0 && page.height_px > 0);
    ENSURE(page.orientation >= 1 && page.orientation <= 8);
  }
  return 0;
}
