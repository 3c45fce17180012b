// SPDX-License-Identifier: GPL-3.0-or-later
#include "ocr/coverage.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "base/text.h"

namespace civicum {
namespace {

struct BoxDeleter {
  void operator()(::Box* box) const { boxDestroy(&box); }
};
using BoxPtr = std::unique_ptr<::Box, BoxDeleter>;
struct BoxaDeleter {
  void operator()(Boxa* boxes) const { boxaDestroy(&boxes); }
};
using BoxaPtr = std::unique_ptr<Boxa, BoxaDeleter>;

/// Where the words of a page are not known, 10-point print at 200 dpi is assumed.
constexpr int usual_word_height = 20;
/// Fewer letters than these are a stamp's corner or a drawing's label, not a lost block.
constexpr std::size_t letters_min = 12;
/// The mask in which letters grow together is this much smaller than the picture.
constexpr int mask_scale = 4;

template <typename Visit>
void for_each_word(const std::vector<RecognizedBlock>& blocks, const Visit& visit) {
  for (const RecognizedBlock& block : blocks) {
    for (const RecognizedLine& line : block.lines) std::ranges::for_each(line.words, visit);
  }
}

std::vector<PixelBox> boxes_of(Pix* black) {
  const BoxaPtr boxa(pixConnCompBB(black, 8));
  std::vector<PixelBox> boxes;
  const int count = boxa == nullptr ? 0 : boxaGetCount(boxa.get());
  boxes.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;
    boxaGetBoxGeometry(boxa.get(), i, &x, &y, &width, &height);
    boxes.push_back({x, y, x + width, y + height});
  }
  return boxes;
}

void clear_words(Pix* black, const std::vector<RecognizedBlock>& blocks) {
  constexpr int margin = 2;
  for_each_word(blocks, [&](const RecognizedWord& word) {
    const BoxPtr box(boxCreate(word.box.x0 - margin, word.box.y0 - margin,
                               word.box.width() + 2 * margin, word.box.height() + 2 * margin));
    pixClearInRect(black, box.get());
  });
}

bool is_letter_like(const PixelBox& box, int word_height) {
  return box.height() * 5 >= word_height * 2 && box.height() * 2 <= word_height * 5 &&
         box.width() * 8 >= word_height && box.width() <= word_height * 3;
}

struct Region {
  PixelBox box;
  std::size_t letter_count = 0;
};

/// The regions in which letters stand as close as in words and lines.
std::vector<Region> group(const std::vector<PixelBox>& letters, const Pix& page, int word_height) {
  Pix* source = const_cast<Pix*>(&page);  // Leptonica does not know const
  const PixPtr mask(
      pixCreate(pixGetWidth(source) / mask_scale + 1, pixGetHeight(source) / mask_scale + 1, 1));
  if (mask == nullptr) return {};
  for (const PixelBox& letter : letters) {
    const BoxPtr box(boxCreate(letter.x0 / mask_scale, letter.y0 / mask_scale,
                               letter.width() / mask_scale + 1, letter.height() / mask_scale + 1));
    pixSetInRect(mask.get(), box.get());
  }
  const int reach = std::max(3, 2 * word_height / mask_scale);
  const PixPtr grown(pixCloseSafeBrick(nullptr, mask.get(), reach, reach));
  if (grown == nullptr) return {};
  std::vector<Region> regions;
  for (const PixelBox& area : boxes_of(grown.get())) {
    const PixelBox box{area.x0 * mask_scale, area.y0 * mask_scale, area.x1 * mask_scale,
                       area.y1 * mask_scale};
    const auto is_inside = [&](const PixelBox& letter) {
      return letter.x0 >= box.x0 && letter.x1 <= box.x1 + mask_scale && letter.y0 >= box.y0 &&
             letter.y1 <= box.y1 + mask_scale;
    };
    regions.push_back({box, static_cast<std::size_t>(std::ranges::count_if(letters, is_inside))});
  }
  return regions;
}

}  // namespace

int median_word_height(const std::vector<RecognizedBlock>& blocks) {
  std::vector<int> heights;
  for_each_word(blocks, [&](const RecognizedWord& word) { heights.push_back(word.box.height()); });
  if (heights.empty()) return 0;
  const auto middle = heights.begin() + static_cast<std::ptrdiff_t>(heights.size() / 2);
  std::ranges::nth_element(heights, middle);
  return *middle;
}

std::vector<PixelBox> find_missed_text(PixPtr black, const std::vector<RecognizedBlock>& blocks) {
  // More shapes than this are a photo's grain; no text that was lost has so many letters.
  constexpr std::size_t letters_max = 4'000;
  if (black == nullptr) return {};
  const int known_height = median_word_height(blocks);
  const int word_height = known_height > 0 ? known_height : usual_word_height;
  clear_words(black.get(), blocks);
  std::vector<PixelBox> letters = boxes_of(black.get());
  std::erase_if(letters, [&](const PixelBox& box) { return !is_letter_like(box, word_height); });
  if (letters.size() < letters_min || letters.size() > letters_max) return {};
  std::vector<Region> regions = group(letters, *black, word_height);
  std::erase_if(regions, [&](const Region& region) {
    return region.letter_count < letters_min || region.box.width() < 3 * word_height;
  });
  std::ranges::sort(regions, std::greater{}, &Region::letter_count);
  if (regions.size() > missed_regions_max) regions.resize(missed_regions_max);
  std::vector<PixelBox> boxes;
  boxes.reserve(regions.size());
  const int margin = word_height / 2;
  for (const auto& [box, letter_count] : regions) {
    boxes.push_back({box.x0 - margin, box.y0 - margin, box.x1 + margin, box.y1 + margin});
  }
  return boxes;
}

void keep_sure_lines(std::vector<RecognizedBlock>& found) {
  constexpr float confidence_min = 0.7F;
  constexpr std::size_t letters_min_of_line = 4;
  const auto is_doubtful = [](const RecognizedLine& line) {
    float sum = 0;
    std::size_t letter_count = 0;
    for (const RecognizedWord& word : line.words) {
      sum += word.confidence;
      letter_count += count_code_points(word.text);
    }
    return letter_count < letters_min_of_line ||
           sum < confidence_min * static_cast<float>(line.words.size());
  };
  for (RecognizedBlock& block : found) std::erase_if(block.lines, is_doubtful);
  std::erase_if(found, [](const RecognizedBlock& block) { return block.lines.empty(); });
}

void insert_by_place(std::vector<RecognizedBlock>& blocks, RecognizedBlock found) {
  const int middle = (found.box.y0 + found.box.y1) / 2;
  const auto next = std::ranges::find_if(blocks, [&](const RecognizedBlock& block) {
    const bool shares_columns = block.box.x0 < found.box.x1 && found.box.x0 < block.box.x1;
    return shares_columns && block.box.y0 >= middle;
  });
  blocks.insert(next, std::move(found));
}

}  // namespace civicum
