// SPDX-License-Identifier: GPL-3.0-or-later
// Integers out of untrusted bytes: what lies past the end reads as 0, never as memory.
#pragma once

#include <cstdint>
#include <string_view>

namespace civicum {

enum class Endian : std::uint8_t { Little, Big };

class ByteReader {
 public:
  ByteReader(std::string_view bytes, Endian endian) : bytes_(bytes), endian_(endian) {}

  std::size_t size() const { return bytes_.size(); }
  std::uint8_t u8(std::size_t at) const {
    return at < bytes_.size() ? static_cast<std::uint8_t>(bytes_[at]) : std::uint8_t{0};
  }
  std::uint16_t u16(std::size_t at) const {
    const bool is_big = endian_ == Endian::Big;
    return static_cast<std::uint16_t>((u8(is_big ? at : at + 1) << 8) | u8(is_big ? at + 1 : at));
  }
  std::uint32_t u32(std::size_t at) const {
    const std::uint32_t first = u16(at);
    const std::uint32_t second = u16(at + 2);
    return endian_ == Endian::Big ? (first << 16) | second : (second << 16) | first;
  }
  /// Shorter at the end of the bytes.
  std::string_view text(std::size_t at, std::size_t size) const {
    return at < bytes_.size() ? bytes_.substr(at, size) : std::string_view{};
  }

 private:
  std::string_view bytes_;
  Endian endian_;
};

}  // namespace civicum
