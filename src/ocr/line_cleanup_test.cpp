// SPDX-License-Identifier: GPL-3.0-or-later
#include "ocr/line_cleanup.h"

#include <doctest/doctest.h>

#include <string>

namespace civicum {
namespace {

RecognizedLine line_of(std::vector<RecognizedWord> words) {
  PixelBox box = words.front().box;
  for (const RecognizedWord& word : words) box = unite(box, word.box);
  return {std::move(words), box};
}

std::vector<RecognizedBlock> blocks_of(RecognizedLine line) {
  const PixelBox box = line.box;
  return {{{std::move(line)}, box}};
}

std::string text_of(const std::vector<RecognizedBlock>& blocks) {
  std::string text;
  for (const RecognizedBlock& block : blocks) {
    for (const RecognizedLine& line : block.lines) {
      for (const RecognizedWord& word : line.words) text += word.text + " ";
    }
  }
  return text;
}

TEST_CASE("doubtful punctuation goes, doubtful words and sure punctuation stay") {
  auto blocks = blocks_of(line_of({{"|", {0, 0, 4, 20}, 0.2F},
                                   {"orig.tar.gz", {10, 0, 90, 20}, 0.15F},
                                   {"«", {95, 0, 99, 20}, 0.3F},
                                   {"=", {100, 8, 110, 14}, 0.9F},
                                   {"ñ", {112, 8, 120, 20}, 0.3F},
                                   {"fin", {130, 0, 150, 20}, 0.9F}}));
  drop_strokes(blocks);
  CHECK(text_of(blocks) == "orig.tar.gz = ñ fin ");
  CHECK(blocks.front().box == PixelBox{10, 0, 150, 20});
}

TEST_CASE("a line of a few doubtful letters goes, and with it its block") {
  auto blocks = blocks_of(line_of({{"o", {0, 0, 8, 9}, 0.3F}, {"A]", {20, 0, 30, 9}, 0.2F}}));
  drop_strokes(blocks);
  CHECK(blocks.empty());
}

TEST_CASE("a line of a few letters stays where they were recognised well") {
  auto blocks = blocks_of(line_of({{"12", {0, 0, 18, 9}, 0.9F}}));
  drop_strokes(blocks);
  CHECK(text_of(blocks) == "12 ");
}

TEST_CASE("a small solid mark before text is a bullet") {
  const auto solid = [](const PixelBox&) { return true; };
  auto blocks = blocks_of(line_of({{"=", {0, 6, 10, 16}, 0.7F}, {"Hay", {20, 0, 60, 20}, 0.9F}}));
  restore_bullets(blocks, solid);
  CHECK(text_of(blocks) == "• Hay ");
}

TEST_CASE("no bullet: hollow, as high as its line, a long dash, or alone on its line") {
  const auto solid = [](const PixelBox&) { return true; };
  const auto hollow = [](const PixelBox&) { return false; };
  const RecognizedWord text{"Hay", {40, 0, 80, 20}, 0.9F};
  const auto stays = [&](const RecognizedLine& line, const IsSolid& is_solid) {
    auto blocks = blocks_of(line);
    const std::string before = text_of(blocks);
    restore_bullets(blocks, is_solid);
    return text_of(blocks) == before;
  };
  CHECK(stays(line_of({{"o", {0, 6, 10, 16}, 0.9F}, text}), hollow));
  CHECK(stays(line_of({{"I", {0, 0, 20, 20}, 0.9F}, text}), solid));
  CHECK(stays(line_of({{"—", {0, 8, 30, 12}, 0.9F}, text}), solid));
  CHECK(stays(line_of({{".", {0, 6, 10, 16}, 0.9F}}), solid));
}

}  // namespace
}  // namespace civicum
