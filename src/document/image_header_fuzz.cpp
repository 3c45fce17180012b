// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes give a header within its bounds or an error.
#include <algorithm>
#include <cstdint>

#include "document/image_header.h"

namespace {

bool is_within_bounds(const civicum::ImageHeader& header) {
  if (header.pages.size() > civicum::tiff_pages_max) return false;
  for (const auto& page : header.pages) {
    if (page.orientation < 1 || page.orientation > 8) return false;
  }
  // A TIFF may hold pages that are lost, beside one at least that is not.
  return std::ranges::any_of(header.pages, civicum::has_area);
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto header = civicum::read_image_header({reinterpret_cast<const char*>(data), size});
  if (header) ENSURE(is_within_bounds(*header));
  return 0;
}
