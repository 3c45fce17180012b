// SPDX-License-Identifier: GPL-3.0-or-later
// Little-endian bytes out and in. The input side never reads past its end: after the first failure
// every further read answers with a default, and is_good() stays false.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace civicum::protocol {

class ByteWriter {
 public:
  void u8(std::uint8_t value) { out_ += static_cast<char>(value); }
  void u16(std::uint16_t value) { unsigned_number(value, 2); }
  void u32(std::uint32_t value) { unsigned_number(value, 4); }
  void u64(std::uint64_t value) { unsigned_number(value, 8); }
  void f32(float value) { u32(std::bit_cast<std::uint32_t>(value)); }
  void string(std::string_view value) {
    u32(static_cast<std::uint32_t>(value.size()));
    out_ += value;
  }
  const std::string& bytes() const { return out_; }
  std::string take() && { return std::move(out_); }

 private:
  void unsigned_number(std::uint64_t value, int size) {
    for (int i = 0; i < size; ++i) out_ += static_cast<char>(value >> (8 * i) & 0xFF);
  }
  std::string out_;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view in) : in_(in) {}

  std::uint8_t u8() { return static_cast<std::uint8_t>(unsigned_number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(unsigned_number(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(unsigned_number(4)); }
  std::uint64_t u64() { return unsigned_number(8); }
  float f32() { return std::bit_cast<float>(u32()); }
  std::string_view string(std::size_t bytes_max) {
    const std::uint32_t size = u32();
    if (size > bytes_max || size > in_.size()) return fail(), std::string_view{};
    const std::string_view value = in_.substr(0, size);
    in_.remove_prefix(size);
    return value;
  }

  void fail() { is_good_ = false; }
  void require(bool condition) {
    if (!condition) fail();
  }
  bool is_good() const { return is_good_; }
  bool is_at_end() const { return in_.empty(); }
  std::size_t size_left() const { return in_.size(); }

 private:
  std::uint64_t unsigned_number(std::size_t size) {
    if (!is_good_ || in_.size() < size) return fail(), 0;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      value |= std::uint64_t{static_cast<std::uint8_t>(in_[i])} << (8 * i);
    }
    in_.remove_prefix(size);
    return value;
  }

  std::string_view in_;
  bool is_good_ = true;
};

}  // namespace civicum::protocol
