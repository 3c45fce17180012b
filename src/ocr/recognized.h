// SPDX-License-Identifier: GPL-3.0-or-later
// What a text recogniser saw on a picture, before it becomes a page's text: words in lines in
// blocks, in pixels of the picture it was given (origin top left).
#pragma once

#include <string>
#include <vector>

namespace civicum {

/// x0 <= x1, y0 <= y1; x1 and y1 lie just outside.
struct PixelBox {
  int x0 = 0;
  int y0 = 0;
  int x1 = 0;
  int y1 = 0;
  friend constexpr bool operator==(const PixelBox&, const PixelBox&) = default;
  constexpr int width() const { return x1 - x0; }
  constexpr int height() const { return y1 - y0; }
};

constexpr PixelBox unite(const PixelBox& a, const PixelBox& b) {
  return {a.x0 < b.x0 ? a.x0 : b.x0, a.y0 < b.y0 ? a.y0 : b.y0, a.x1 > b.x1 ? a.x1 : b.x1,
          a.y1 > b.y1 ? a.y1 : b.y1};
}

/// Empty (zero or less wide or high) where they do not meet.
constexpr PixelBox intersect(const PixelBox& a, const PixelBox& b) {
  return {a.x0 > b.x0 ? a.x0 : b.x0, a.y0 > b.y0 ? a.y0 : b.y0, a.x1 < b.x1 ? a.x1 : b.x1,
          a.y1 < b.y1 ? a.y1 : b.y1};
}

constexpr PixelBox moved(const PixelBox& box, int x, int y) {
  return {box.x0 + x, box.y0 + y, box.x1 + x, box.y1 + y};
}

struct RecognizedWord {
  std::string text;
  PixelBox box;
  float confidence = 0;  ///< 0…1
};

struct RecognizedLine {
  std::vector<RecognizedWord> words;  ///< never empty
  PixelBox box;
};

/// A paragraph, a heading, a cell: lines that belong together.
struct RecognizedBlock {
  std::vector<RecognizedLine> lines;  ///< never empty
  PixelBox box;
};

}  // namespace civicum
