// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/layer_words.h"

#include "protocol/codec.h"
#include "protocol/messages.h"

namespace civicum::protocol {

std::string encode_layer_page(std::uint32_t page_index, const PageReading& reading) {
  ByteWriter out;
  out.u32(page_index);
  out.string(encode_reading(reading));
  return std::move(out).take();
}

Result<LayerHeader> decode_layer_header(std::string_view bytes) {
  ByteReader in(bytes);
  const LayerHeader header{in.u32(), in.u32()};
  in.require(header.size <= reply_bytes_max && in.is_at_end());
  if (!in.is_good()) return Error{ErrorKind::Corrupt, "the layer's words are damaged"};
  return header;
}

}  // namespace civicum::protocol
