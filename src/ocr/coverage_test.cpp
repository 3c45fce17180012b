// SPDX-License-Identifier: GPL-3.0-or-later
#include "ocr/coverage.h"

#include <doctest/doctest.h>

namespace civicum {
namespace {

constexpr int letter_width = 10;
constexpr int letter_height = 16;

PixPtr empty_page() { return PixPtr(pixCreate(800, 1000, 1)); }

/// A row of letter-like blocks from (x, y).
void draw_letters(const PixPtr& page, int x, int y, int count) {
  for (int i = 0; i < count; ++i) {
    pixRasterop(page.get(), x + 14 * i, y, letter_width, letter_height, PIX_SET, nullptr, 0, 0);
  }
}

RecognizedBlock block_at(const PixelBox& box) { return {{{{{"palabra", box, 0.9F}}, box}}, box}; }

TEST_CASE("a page all of whose letters are covered misses nothing") {
  const PixPtr page = empty_page();
  draw_letters(page, 100, 100, 20);
  CHECK(find_missed_text(PixPtr(pixCopy(nullptr, page.get())), {block_at({98, 98, 400, 120})})
            .empty());
}

TEST_CASE("letters outside of every word are found, where they stand") {
  const PixPtr page = empty_page();
  draw_letters(page, 100, 100, 20);
  draw_letters(page, 100, 600, 20);
  draw_letters(page, 100, 630, 20);
  const auto missed =
      find_missed_text(PixPtr(pixCopy(nullptr, page.get())), {block_at({98, 98, 400, 120})});
  REQUIRE(missed.size() == 1);
  CHECK(missed[0].x0 <= 100);
  CHECK(missed[0].y0 <= 600);
  CHECK(missed[0].x1 >= 100 + 14 * 19 + letter_width);
  CHECK(missed[0].y1 >= 630 + letter_height);
  CHECK(missed[0].y0 > 500);
}

TEST_CASE("a few letters, rules and pictures are no missed text") {
  const PixPtr page = empty_page();
  draw_letters(page, 100, 100, 20);
  draw_letters(page, 100, 300, 5);
  pixRasterop(page.get(), 50, 400, 700, 3, PIX_SET, nullptr, 0, 0);
  pixRasterop(page.get(), 100, 500, 400, 300, PIX_SET, nullptr, 0, 0);
  CHECK(find_missed_text(PixPtr(pixCopy(nullptr, page.get())), {block_at({98, 98, 400, 120})})
            .empty());
}

TEST_CASE("of what is read in a missed region only sure lines are kept") {
  const PixelBox box{0, 0, 10, 10};
  std::vector<RecognizedBlock> found = {{{{{{"Recibido", box, 0.9F}}, box},
                                          {{{"xx", box, 0.95F}}, box},
                                          {{{"jhgfd", box, 0.4F}}, box}},
                                         box},
                                        {{{{{"~~~~", box, 0.1F}}, box}}, box}};
  keep_sure_lines(found);
  REQUIRE(found.size() == 1);
  REQUIRE(found[0].lines.size() == 1);
  CHECK(found[0].lines[0].words[0].text == "Recibido");
}

TEST_CASE("a found block takes its place by height within its column") {
  std::vector<RecognizedBlock> blocks = {block_at({0, 0, 300, 20}), block_at({0, 100, 300, 120}),
                                         block_at({400, 0, 700, 20})};
  insert_by_place(blocks, block_at({0, 50, 300, 70}));
  insert_by_place(blocks, block_at({400, 50, 700, 70}));
  REQUIRE(blocks.size() == 5);
  CHECK(blocks[1].box.y0 == 50);
  CHECK(blocks[1].box.x0 == 0);
  CHECK(blocks[4].box.y0 == 50);
  CHECK(blocks[4].box.x0 == 400);
}

}  // namespace
}  // namespace civicum
