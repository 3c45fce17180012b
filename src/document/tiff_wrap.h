// SPDX-License-Identifier: GPL-3.0-or-later
// A TIFF file (TIFF 6.0) of one strip around fax group 4 bytes, so that libtiff decodes them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace civicum {

std::string wrap_group4(std::string_view coded, std::uint32_t width_px, std::uint32_t height_px);

}  // namespace civicum
