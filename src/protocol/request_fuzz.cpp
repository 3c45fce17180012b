// SPDX-License-Identifier: GPL-3.0-or-later
// A hostile parent: any bytes as a request. What is accepted must encode to the bytes it came from.
#include <cstdint>

#include "protocol/messages.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace civicum;
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto request = protocol::decode_request(data[0], body);
  if (request) ENSURE(protocol::encode(*request).substr(protocol::frame_header_size) == body);
  return 0;
}
