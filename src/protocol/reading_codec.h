// SPDX-License-Identifier: GPL-3.0-or-later
// The longest of the bodies: a page's reading. Apart from the rest because the store keeps the same
// bytes.
#pragma once

#include <cstdint>

#include "base/page.h"
#include "protocol/codec.h"

namespace civicum::protocol {

void put_reading(ByteWriter& out, const PageReading& reading);
/// Fails the reader on anything that breaks a rule of base/page.h: spans out of order, text that is
/// not UTF-8, boxes or confidences that are not finite …
PageReading get_reading(ByteReader& in);

/// A string of at most string_bytes_max bytes of UTF-8 without control characters.
std::string get_line(ByteReader& in);
/// An enum whose last value is `last`.
template <typename Enum>
Enum get_enum(ByteReader& in, Enum last) {
  const std::uint8_t value = in.u8();
  in.require(value <= static_cast<std::uint8_t>(last));
  return in.is_good() ? static_cast<Enum>(value) : Enum{};
}

}  // namespace civicum::protocol
