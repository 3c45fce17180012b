// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/tiff_wrap.h"

#include <array>

namespace civicum {
namespace {

struct Entry {
  std::uint16_t tag;
  std::uint16_t type;  ///< 3: 16 bits, 4: 32 bits
  std::uint32_t value;
};

void put16(std::string& out, std::uint16_t value) {
  out += static_cast<char>(value & 0xFF);
  out += static_cast<char>(value >> 8);
}

void put32(std::string& out, std::uint32_t value) {
  put16(out, static_cast<std::uint16_t>(value & 0xFFFF));
  put16(out, static_cast<std::uint16_t>(value >> 16));
}

}  // namespace

std::string wrap_group4(std::string_view coded, std::uint32_t width_px, std::uint32_t height_px) {
  constexpr std::uint16_t count = 9;
  constexpr std::uint32_t data_offset = 8 + 2 + count * 12 + 4;
  const std::array<Entry, count> entries = {{
      {256, 4, width_px},
      {257, 4, height_px},
      {258, 3, 1},            // bits per sample
      {259, 3, 4},            // compression: group 4
      {262, 3, 0},            // white is zero
      {273, 4, data_offset},  // the strip
      {277, 3, 1},            // samples per pixel
      {278, 4, height_px},    // rows in the strip
      {279, 4, static_cast<std::uint32_t>(coded.size())},
  }};
  std::string tiff = "II*";
  tiff += '\0';
  put32(tiff, 8);
  put16(tiff, count);
  for (const Entry& entry : entries) {
    put16(tiff, entry.tag);
    put16(tiff, entry.type);
    put32(tiff, 1);
    put32(tiff, entry.value);
  }
  put32(tiff, 0);
  tiff.append(coded);
  return tiff;
}

}  // namespace civicum
