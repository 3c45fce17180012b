// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/gap_codec.h"

#include <cstdint>

#include "protocol/codec.h"
#include "protocol/reading_codec.h"

namespace civicum {
namespace {

constexpr std::uint32_t tried_max = 64;

void put_optional(protocol::ByteWriter& out, const std::optional<Bytes>& bytes) {
  out.u8(bytes ? 1 : 0);
  out.u64(bytes.value_or(Bytes{}).count);
}

std::optional<Bytes> get_optional(protocol::ByteReader& in) {
  const bool is_there = in.u8() == 1;
  const Bytes bytes{in.u64()};
  return is_there ? std::optional(bytes) : std::nullopt;
}

}  // namespace

std::string encode_gap(const Gap& gap) {
  protocol::ByteWriter out;
  out.u8(static_cast<std::uint8_t>(gap.reason));
  out.string(gap.detail);
  put_optional(out, gap.needed_bytes);
  put_optional(out, gap.limit_bytes);
  out.u32(static_cast<std::uint32_t>(gap.tried.size()));
  for (const std::string& rung : gap.tried) out.string(rung);
  return std::move(out).take();
}

Result<Gap> decode_gap(std::string_view bytes) {
  protocol::ByteReader in(bytes);
  Gap gap;
  gap.reason = protocol::get_enum(in, GapReason::Unsupported);
  gap.detail = protocol::get_line(in);
  gap.needed_bytes = get_optional(in);
  gap.limit_bytes = get_optional(in);
  const std::uint32_t count = in.u32();
  in.require(count <= tried_max);
  for (std::uint32_t i = 0; i < count && in.is_good(); ++i)
    gap.tried.push_back(protocol::get_line(in));
  if (!in.is_good() || !in.is_at_end())
    return Error{ErrorKind::Corrupt, "a gap in the store is damaged"};
  return gap;
}

}  // namespace civicum
