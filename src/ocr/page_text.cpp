// SPDX-License-Identifier: GPL-3.0-or-later
#include "ocr/page_text.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

namespace civicum {
namespace {

/// False where the page is full.
bool append(PageText& page, std::string_view separator, const RecognizedWord& word, Box box) {
  if (page.words.size() >= page_words_max ||
      page.text.size() + separator.size() + word.text.size() > page_text_bytes_max) {
    return false;
  }
  if (!page.text.empty()) page.text += separator;
  const auto begin = static_cast<std::uint32_t>(page.text.size());
  page.text += word.text;
  page.words.push_back({begin, static_cast<std::uint32_t>(page.text.size()), box, word.confidence});
  return true;
}

/// False where the page is full.
bool append(PageText& page, std::string_view separator, const RecognizedLine& line,
            const Sheet& sheet) {
  for (const RecognizedWord& word : line.words) {
    if (!append(page, separator, word, to_page_box(word.box, sheet))) return false;
    separator = " ";
  }
  return true;
}

}  // namespace

Box to_page_box(const PixelBox& box, const Sheet& sheet) {
  const float radians = sheet.skew_degrees * std::numbers::pi_v<float> / 180;
  const float cosine = std::cos(radians);
  const float sine = std::sin(radians);
  Box out{std::numeric_limits<float>::max(), std::numeric_limits<float>::max(), 0, 0};
  const auto limit_x = static_cast<float>(sheet.width_px);
  const auto limit_y = static_cast<float>(sheet.height_px);
  for (const auto& [px, py] : {std::pair{box.x0, box.y0}, std::pair{box.x1, box.y0},
                               std::pair{box.x0, box.y1}, std::pair{box.x1, box.y1}}) {
    const float dx = static_cast<float>(px) - static_cast<float>(sheet.level_width_px) / 2;
    const float dy = static_cast<float>(py) - static_cast<float>(sheet.level_height_px) / 2;
    const float x = std::clamp(limit_x / 2 + cosine * dx + sine * dy, 0.0F, limit_x);
    const float y = std::clamp(limit_y / 2 - sine * dx + cosine * dy, 0.0F, limit_y);
    out.x0 = std::min(out.x0, x * sheet.points_per_pixel);
    out.y0 = std::min(out.y0, y * sheet.points_per_pixel);
    out.x1 = std::max(out.x1, x * sheet.points_per_pixel);
    out.y1 = std::max(out.y1, y * sheet.points_per_pixel);
  }
  return out;
}

PageText to_page_text(const std::vector<RecognizedBlock>& blocks, const Sheet& sheet) {
  PageText page;
  std::string_view separator;
  for (const RecognizedBlock& block : blocks) {
    for (const RecognizedLine& line : block.lines) {
      if (!append(page, separator, line, sheet)) return page;
      separator = "\n";
    }
    separator = "\n\n";
  }
  return page;
}

}  // namespace civicum
