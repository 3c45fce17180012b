// SPDX-License-Identifier: GPL-3.0-or-later
#include "ocr/line_cleanup.h"

#include <algorithm>
#include <string_view>

#include "base/text.h"

namespace civicum {
namespace {

/// Beyond ASCII everything counts as a letter but the punctuation that print uses.
bool has_letter_or_digit(std::string_view text) {
  static constexpr std::string_view general_punctuation = "\xE2\x80";  // U+2000 … U+203F
  static constexpr std::string_view latin_marks = "\xC2";              // U+0080 … U+00BF
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool is_ascii_word =
        (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
    const bool starts_wide = byte >= 0xC3;
    if (is_ascii_word && byte < 0x80) return true;
    if (starts_wide && !text.substr(i).starts_with(general_punctuation) &&
        !text.substr(i).starts_with(latin_marks)) {
      return true;
    }
  }
  return false;
}

bool is_stroke(const RecognizedWord& word) {
  // On 32 pages of prose, manuals and screenshots, 2 of 15 words like this were on the page; of
  // the longer ones most were.
  constexpr float confidence_max = 0.4F;
  constexpr std::size_t letters_max = 2;
  return word.confidence < confidence_max && count_code_points(word.text) <= letters_max &&
         !has_letter_or_digit(word.text);
}

bool is_debris(const RecognizedLine& line) {
  constexpr float confidence_max = 0.4F;
  constexpr std::size_t letters_max = 3;
  float sum = 0;
  std::size_t letter_count = 0;
  for (const RecognizedWord& word : line.words) {
    sum += word.confidence;
    letter_count += count_code_points(word.text);
  }
  return letter_count <= letters_max &&
         sum < confidence_max * static_cast<float>(line.words.size());
}

PixelBox box_of(const RecognizedLine& line) {
  PixelBox box = line.words.front().box;
  for (const RecognizedWord& word : line.words) box = unite(box, word.box);
  return box;
}

void clean_block(RecognizedBlock& block) {
  for (RecognizedLine& line : block.lines) std::erase_if(line.words, is_stroke);
  std::erase_if(block.lines,
                [](const RecognizedLine& line) { return line.words.empty() || is_debris(line); });
  if (block.lines.empty()) return;
  for (RecognizedLine& line : block.lines) line.box = box_of(line);
  block.box = block.lines.front().box;
  for (const RecognizedLine& line : block.lines) block.box = unite(block.box, line.box);
}

/// Small for its line, about as wide as high, and followed by text.
bool may_be_bullet(const RecognizedLine& line) {
  if (line.words.size() < 2 || count_code_points(line.words.front().text) > 1) return false;
  const PixelBox& mark = line.words.front().box;
  const bool is_small = mark.height() * 3 < line.box.height() * 2;
  const bool is_square =
      mark.width() * 10 >= mark.height() * 7 && mark.width() * 7 <= mark.height() * 10;
  return is_small && is_square;
}

}  // namespace

void drop_strokes(std::vector<RecognizedBlock>& blocks) {
  std::ranges::for_each(blocks, clean_block);
  std::erase_if(blocks, [](const RecognizedBlock& block) { return block.lines.empty(); });
}

void restore_bullets(std::vector<RecognizedBlock>& blocks, const IsSolid& is_solid) {
  for (RecognizedBlock& block : blocks) {
    for (RecognizedLine& line : block.lines) {
      if (may_be_bullet(line) && is_solid(line.words.front().box)) line.words.front().text = "•";
    }
  }
}

}  // namespace civicum
