// SPDX-License-Identifier: GPL-3.0-or-later
#include "ocr/page_text.h"

#include <doctest/doctest.h>

#include <string>

namespace civicum {
namespace {

constexpr Sheet level_sheet{1000, 2000, 1000, 2000, 0, 0.5F};

RecognizedBlock block_of(std::vector<RecognizedLine> lines) { return {std::move(lines), {}}; }

TEST_CASE("words are parted by blanks, lines by line ends, blocks by empty lines") {
  const RecognizedLine first{{{"uno", {}, 1}, {"dos", {}, 1}}, {}};
  const RecognizedLine second{{{"tres", {}, 1}}, {}};
  const PageText page = to_page_text({block_of({first, second}), block_of({second})}, level_sheet);
  CHECK(page.text == "uno dos\ntres\n\ntres");
  REQUIRE(page.words.size() == 4);
  CHECK(page.text.substr(page.words[1].begin, page.words[1].end - page.words[1].begin) == "dos");
}

TEST_CASE("a page holds no more than its bound of text") {
  const RecognizedWord word{std::string(page_text_bytes_max / 2, 'x'), {}, 1};
  const PageText page = to_page_text({block_of({{{word, word, word}, {}}})}, level_sheet);
  CHECK(page.words.size() == 1);
  CHECK(page.text.size() <= page_text_bytes_max);
}

TEST_CASE("boxes become points of the page") {
  const Box box = to_page_box({100, 200, 300, 240}, level_sheet);
  CHECK(box == Box{50, 100, 150, 120});
}

TEST_CASE("boxes are carried back through the rotation that made the page level") {
  // A picture turned clockwise by 90 degrees, kept at its size: right of the middle was above it.
  const Sheet sheet{1000, 1000, 1000, 1000, 90, 1};
  const Box box = to_page_box({800, 490, 900, 510}, sheet);
  CHECK(box.x0 == doctest::Approx(490));
  CHECK(box.x1 == doctest::Approx(510));
  CHECK(box.y0 == doctest::Approx(100));
  CHECK(box.y1 == doctest::Approx(200));
}

TEST_CASE("boxes in the frame that rotation added stay on the page") {
  const Sheet sheet{1000, 1000, 1200, 1200, 0, 1};
  const Box box = to_page_box({0, 0, 150, 150}, sheet);
  CHECK(box == Box{0, 0, 50, 50});
}

}  // namespace
}  // namespace civicum
