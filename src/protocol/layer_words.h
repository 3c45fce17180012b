// SPDX-License-Identifier: GPL-3.0-or-later
// The words for a PDF's text layer as a file: u32 page index, u32 size, a reading as in messages.h;
// pages ascending. Written by civicum into a spool, read by civicum-reader.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/page.h"
#include "base/result.h"

namespace civicum::protocol {

inline constexpr std::size_t layer_header_size = 8;

struct LayerHeader {
  std::uint32_t page_index = 0;
  std::uint32_t size = 0;
};

std::string encode_layer_page(std::uint32_t page_index, const PageReading& reading);
/// Corrupt where the size is above reply_bytes_max.
Result<LayerHeader> decode_layer_header(std::string_view bytes);

}  // namespace civicum::protocol
