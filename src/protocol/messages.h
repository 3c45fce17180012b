// SPDX-License-Identifier: GPL-3.0-or-later
// What civicum and civicum-reader say to each other over a stream socketpair. One request at a
// time:
//
//   (start)                                  → Ready | StartFailed
//   Open (+ the document's descriptor)       → Opened | OpenFailed
//   ReadPage → [Planned → Proceed]           → Progress* → PageRead | PageFailed
//   WriteLayer (+ descriptors: output, words) → Progress* → LayerWritten | LayerFailed
//
// Planned comes only where OCR is needed. A frame is u32 body size, u8 type, body; little endian.
// Sizes are bounded before anything is allocated and every body is validated whole: a reader is
// not trusted, so a reply that breaks a rule here ends it (ErrorKind::Corrupt).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/page.h"
#include "base/result.h"

namespace civicum::protocol {

inline constexpr std::size_t frame_header_size = 5;
inline constexpr std::size_t request_bytes_max = std::size_t{16} << 10;
/// Text (1 MiB) plus 100,000 words of 29 bytes plus the rest of a PageRead, rounded up.
inline constexpr std::size_t reply_bytes_max = std::size_t{5} << 20;
inline constexpr std::size_t string_bytes_max = 4096;

/// Looks at the same page differ in what they are for: a second look is OCR at a higher dpi, never
/// a text layer.
enum class Look : std::uint8_t { First, Second };

// Requests: civicum → civicum-reader.
struct Open {
  std::string password;
};
struct ReadPage {
  std::uint32_t page_index = 0;
  Dpi dpi;      ///< wished for
  Dpi dpi_max;  ///< of this rung of the ladder; never more than this
  RouteAllowed allowed = RouteAllowed::TextLayer;
  Look look = Look::First;
  Bytes limit;  ///< the page's budget: predicted peak of the reader may not exceed it
  std::uint64_t pixels_max = 0;
};
struct Proceed {};
struct WriteLayer {
  std::uint32_t page_count = 0;
};

// Replies: civicum-reader → civicum.
struct Ready {
  std::string sandbox;  ///< "netns+landlock+seccomp"
};
/// Instead of Ready, before the reader ends by itself.
struct StartFailed {
  enum class Why : std::uint8_t { Language, Other };  ///< Language: its data is not installed
  std::string detail;
  Why why = Why::Other;
};
struct Opened {
  DocumentType type = DocumentType::Pdf;
  std::uint32_t page_count = 0;
};
struct OpenFailed {
  OpenError reason = OpenError::Damaged;
  std::string detail;
};
struct Planned {
  Route route = Route::Render;
  Dpi dpi;
  std::uint32_t width_px = 0;
  std::uint32_t height_px = 0;
  Bytes predicted_bytes;
  std::uint32_t predicted_cpu_ms = 0;
};
struct Progress {
  std::uint32_t permille = 0;
};
struct PageRead {
  PageReading reading;
  bool wants_second_look = false;
};
struct PageFailed {
  GapReason reason = GapReason::Damaged;
  std::string detail;
  Bytes needed;  ///< 0: not known
  Bytes limit;   ///< 0: not known
};
struct LayerWritten {};
struct LayerFailed {
  std::string detail;
};

using Request = std::variant<Open, ReadPage, Proceed, WriteLayer>;
using Reply = std::variant<Ready, Opened, OpenFailed, Planned, Progress, PageRead, PageFailed,
                           LayerWritten, LayerFailed, StartFailed>;

/// A whole frame, header included.
std::string encode(const Request& request);
std::string encode(const Reply& reply);

struct FrameHeader {
  std::uint32_t body_size = 0;
  std::uint8_t type = 0;
};
/// Reads `frame_header_size` bytes; Corrupt where the type is unknown or the size above its bound.
Result<FrameHeader> decode_request_header(std::string_view header);
Result<FrameHeader> decode_reply_header(std::string_view header);
/// Corrupt on anything but one whole, valid body.
Result<Request> decode_request(std::uint8_t type, std::string_view body);
Result<Reply> decode_reply(std::uint8_t type, std::string_view body);

/// A page's reading alone, as the store keeps it (same bytes as inside PageRead).
std::string encode_reading(const PageReading& reading);
Result<PageReading> decode_reading(std::string_view bytes);

}  // namespace civicum::protocol
