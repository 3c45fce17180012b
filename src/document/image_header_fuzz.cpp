// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes give a header within its bounds or an error.
#include <cstdint>

#include "document/image_header.h"

namespace {

bool is_sound(const civicum::ImagePageHeader& page) {
  return page.width_px > 0 && page.height_px > 0 && page.orientation >= 1 && page.orientation <= 8;
}

bool is_within_bounds(const civicum::ImageHeader& header) {
  if (header.pages.empty() || header.pages.size() > civicum::tiff_pages_max) return false;
  for (const auto& page : header.pages) {
    if (!is_sound(page)) return false;
  }
  return true;
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto header = civicum::read_image_header({reinterpret_cast<const char*>(data), size});
  if (header) ENSURE(is_within_bounds(*header));
  return 0;
}
