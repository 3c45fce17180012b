// SPDX-License-Identifier: GPL-3.0-or-later
// The vocabulary of a page that has been read: text, words with boxes, route, gaps.
// Shared by the reader (which makes it), the store, the fields, the summary and the record.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.h"

namespace civicum {

/// PDF points (1/72 inch) of the upright page, origin top left, x right, y down; x0 <= x1, y0 <=
/// y1.
struct Box {
  float x0 = 0;
  float y0 = 0;
  float x1 = 0;
  float y1 = 0;
  friend constexpr bool operator==(const Box&, const Box&) = default;
};

/// The smallest box around both.
Box unite(const Box& a, const Box& b);

/// A word is a span of its page's text: text.substr(begin, end - begin), in bytes of UTF-8.
struct Word {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  Box box;
  std::optional<float> confidence;  ///< 0…1; empty for a text layer
};

/// Valid UTF-8 without NUL. Words are in reading order, separated by a space or '\n' (line end);
/// blocks are separated by an empty line. Spans ascend and do not overlap.
struct PageText {
  std::string text;
  std::vector<Word> words;
};

inline constexpr std::size_t page_text_bytes_max = std::size_t{1} << 20;
inline constexpr std::size_t page_words_max = 100'000;
inline constexpr std::uint32_t document_pages_max = 100'000;

enum class Route : std::uint8_t { Text, Image, Render, Mixed };
/// What an attempt at a page may do. TextLayer: everything; Image: OCR only, by decoding the page's
/// image where it has one; Render: OCR of a rendering only.
enum class RouteAllowed : std::uint8_t { TextLayer, Image, Render };
enum class GapReason : std::uint8_t {
  OutOfMemory,
  Crash,
  Killed,
  NoProgress,
  Damaged,
  Encrypted,
  TooLarge,
  Unsupported
};
enum class OpenError : std::uint8_t {
  Encrypted,
  NotADocument,
  Empty,
  Damaged,
  NoPages,
  NoPermission,
  Unsupported
};
enum class DocumentType : std::uint8_t { Pdf, Image };

/// The words used in records and messages: "out_of_memory", "not_a_document", "render" …
std::string_view name_of(Route route);
std::string_view name_of(GapReason reason);
std::string_view name_of(OpenError error);
std::string_view name_of(DocumentType type);

/// Fewer dots per inch than wished for, and why ("budget", "pixels", "out_of_memory", "crash",
/// "no_progress").
struct Degradation {
  Dpi from;
  Dpi to;
  std::string reason;
};

/// What a page cost its reader. peak_bytes: anonymous memory of the reader process at its highest.
struct PageCost {
  std::uint32_t elapsed_ms = 0;
  std::uint32_t cpu_ms = 0;
  Bytes peak_bytes;
  Bytes predicted_bytes;
  Bytes swap_bytes_peak;
  std::uint32_t major_faults = 0;
};

/// One page as read. width and height are points of the upright page.
struct PageReading {
  Route route = Route::Text;
  Dpi dpi;             ///< of the raster given to OCR; 0 on the text route
  std::string engine;  ///< "tesseract 5.3.0 spa", "text layer"
  PageText content;
  bool is_blank = false;
  std::optional<float> confidence;  ///< 0…1, mean over words; empty for a text layer
  std::optional<Degradation> degraded;
  std::uint32_t pictures_unread = 0;  ///< beside a text layer: too little of the page to be read
  float width = 0;
  float height = 0;
  std::uint16_t turned =
      0;  ///< degrees clockwise that OCR turned the displayed page to set it upright
  PageCost cost;
};

/// A page that could not be read, and what was tried.
struct Gap {
  GapReason reason = GapReason::Damaged;
  std::string detail;
  std::optional<Bytes> needed_bytes;
  std::optional<Bytes> limit_bytes;
  std::vector<std::string> tried;  ///< "200 dpi", "150 dpi"
};

}  // namespace civicum
