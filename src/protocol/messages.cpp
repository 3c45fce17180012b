// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/messages.h"

#include "base/text.h"
#include "protocol/codec.h"
#include "protocol/reading_codec.h"

namespace civicum::protocol {
namespace {

// A message's type on the wire is its index in the variant.
constexpr std::uint8_t request_types = std::variant_size_v<Request>;
constexpr std::uint8_t reply_types = std::variant_size_v<Reply>;

void put(ByteWriter& out, const Open& m) { out.string(m.password); }
void put(ByteWriter& out, const ReadPage& m) {
  out.u32(m.page_index);
  out.u32(m.dpi.value);
  out.u32(m.dpi_max.value);
  out.u8(static_cast<std::uint8_t>(m.allowed));
  out.u8(static_cast<std::uint8_t>(m.look));
  out.u64(m.limit.count);
  out.u64(m.pixels_max);
}
void put(ByteWriter& /*out*/, const Proceed& /*m*/) {}
void put(ByteWriter& out, const WriteLayer& m) { out.u32(m.page_count); }

void put(ByteWriter& out, const Ready& m) { out.string(m.sandbox); }
void put(ByteWriter& out, const Opened& m) {
  out.u8(static_cast<std::uint8_t>(m.type));
  out.u32(m.page_count);
}
void put(ByteWriter& out, const OpenFailed& m) {
  out.u8(static_cast<std::uint8_t>(m.reason));
  out.string(m.detail);
}
void put(ByteWriter& out, const Planned& m) {
  out.u8(static_cast<std::uint8_t>(m.route));
  out.u32(m.dpi.value);
  out.u32(m.width_px);
  out.u32(m.height_px);
  out.u64(m.predicted_bytes.count);
  out.u32(m.predicted_cpu_ms);
}
void put(ByteWriter& out, const Progress& m) { out.u32(m.permille); }
void put(ByteWriter& out, const PageRead& m) {
  put_reading(out, m.reading);
  out.u8(m.wants_second_look ? 1 : 0);
}
void put(ByteWriter& out, const PageFailed& m) {
  out.u8(static_cast<std::uint8_t>(m.reason));
  out.string(m.detail);
  out.u64(m.needed.count);
  out.u64(m.limit.count);
}
void put(ByteWriter& /*out*/, const LayerWritten& /*m*/) {}
void put(ByteWriter& out, const LayerFailed& m) { out.string(m.detail); }
void put(ByteWriter& out, const StartFailed& m) {
  out.string(m.detail);
  out.u8(static_cast<std::uint8_t>(m.why));
}

bool get_flag(ByteReader& in) {
  const std::uint8_t value = in.u8();
  in.require(value <= 1);
  return value == 1;
}

Open get_open(ByteReader& in) { return {std::string(in.string(string_bytes_max))}; }
ReadPage get_read_page(ByteReader& in) {
  ReadPage m;
  m.page_index = in.u32();
  m.dpi = Dpi{in.u32()};
  m.dpi_max = Dpi{in.u32()};
  m.allowed = get_enum(in, RouteAllowed::Render);
  m.look = get_enum(in, Look::Second);
  m.limit = Bytes{in.u64()};
  m.pixels_max = in.u64();
  in.require(m.page_index < document_pages_max);
  return m;
}
Ready get_ready(ByteReader& in) { return {get_line(in)}; }
Opened get_opened(ByteReader& in) {
  Opened m;
  m.type = get_enum(in, DocumentType::Image);
  m.page_count = in.u32();
  in.require(m.page_count >= 1 && m.page_count <= document_pages_max);
  return m;
}
OpenFailed get_open_failed(ByteReader& in) {
  OpenFailed m;
  m.reason = get_enum(in, OpenError::Unsupported);
  m.detail = get_line(in);
  return m;
}
Planned get_planned(ByteReader& in) {
  Planned m;
  m.route = get_enum(in, Route::Mixed);
  m.dpi = Dpi{in.u32()};
  m.width_px = in.u32();
  m.height_px = in.u32();
  m.predicted_bytes = Bytes{in.u64()};
  m.predicted_cpu_ms = in.u32();
  in.require(m.predicted_bytes <= gib(1024));
  return m;
}
Progress get_progress(ByteReader& in) {
  const Progress m{in.u32()};
  in.require(m.permille <= 1000);
  return m;
}
PageRead get_page_read(ByteReader& in) {
  PageRead m;
  m.reading = get_reading(in);
  m.wants_second_look = get_flag(in);
  return m;
}
StartFailed get_start_failed(ByteReader& in) {
  StartFailed m;
  m.detail = get_line(in);
  m.why = get_enum(in, StartFailed::Why::Other);
  return m;
}

PageFailed get_page_failed(ByteReader& in) {
  PageFailed m;
  m.reason = get_enum(in, GapReason::Unsupported);
  m.detail = get_line(in);
  m.needed = Bytes{in.u64()};
  m.limit = Bytes{in.u64()};
  in.require(m.needed <= gib(std::uint64_t{1} << 20) && m.limit <= gib(1024));
  return m;
}

Request request_of(std::uint8_t type, ByteReader& in) {
  switch (type) {
    case 0:
      return get_open(in);
    case 1:
      return get_read_page(in);
    case 2:
      return Proceed{};
    default:
      return WriteLayer{in.u32()};
  }
}

Reply reply_of(std::uint8_t type, ByteReader& in) {
  switch (type) {
    case 0:
      return get_ready(in);
    case 1:
      return get_opened(in);
    case 2:
      return get_open_failed(in);
    case 3:
      return get_planned(in);
    case 4:
      return get_progress(in);
    case 5:
      return get_page_read(in);
    case 6:
      return get_page_failed(in);
    case 7:
      return LayerWritten{};
    case 8:
      return LayerFailed{get_line(in)};
    default:
      return get_start_failed(in);
  }
}

template <typename Message>
std::string encode_frame(const Message& message) {
  ByteWriter body;
  std::visit([&body](const auto& m) { put(body, m); }, message);
  ByteWriter frame;
  frame.u32(static_cast<std::uint32_t>(body.bytes().size()));
  frame.u8(static_cast<std::uint8_t>(message.index()));
  return std::move(frame).take() + body.bytes();
}

Result<FrameHeader> decode_header(std::string_view bytes, std::uint8_t types,
                                  std::size_t body_max) {
  ByteReader in(bytes);
  FrameHeader header;
  header.body_size = in.u32();
  header.type = in.u8();
  in.require(header.body_size <= body_max && header.type < types && in.is_at_end());
  if (!in.is_good()) return Error{ErrorKind::Corrupt, "frame header breaks the protocol"};
  return header;
}

template <typename Message>
Result<Message> whole_body(Message message, const ByteReader& in) {
  if (!in.is_good() || !in.is_at_end()) {
    return Error{ErrorKind::Corrupt, "message body breaks the protocol"};
  }
  return message;
}

}  // namespace

std::string encode(const Request& request) { return encode_frame(request); }
std::string encode(const Reply& reply) { return encode_frame(reply); }

Result<FrameHeader> decode_request_header(std::string_view header) {
  return decode_header(header, request_types, request_bytes_max);
}
Result<FrameHeader> decode_reply_header(std::string_view header) {
  return decode_header(header, reply_types, reply_bytes_max);
}

Result<Request> decode_request(std::uint8_t type, std::string_view body) {
  if (type >= request_types) return Error{ErrorKind::Corrupt, "unknown request"};
  ByteReader in(body);
  Request request = request_of(type, in);
  return whole_body(std::move(request), in);
}

Result<Reply> decode_reply(std::uint8_t type, std::string_view body) {
  if (type >= reply_types) return Error{ErrorKind::Corrupt, "unknown reply"};
  ByteReader in(body);
  Reply reply = reply_of(type, in);
  return whole_body(std::move(reply), in);
}

std::string encode_reading(const PageReading& reading) {
  ByteWriter out;
  put_reading(out, reading);
  return std::move(out).take();
}

Result<PageReading> decode_reading(std::string_view bytes) {
  ByteReader in(bytes);
  PageReading reading = get_reading(in);
  return whole_body(std::move(reading), in);
}

}  // namespace civicum::protocol
