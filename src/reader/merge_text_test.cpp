// SPDX-License-Identifier: GPL-3.0-or-later
#include "reader/merge_text.h"

#include <doctest/doctest.h>

using namespace civicum;

namespace {

PageText sample() {
  PageText text;
  text.text = "uno dos\n\ntres";
  text.words = {
      {0, 3, {0, 0, 10, 10}, 0.9F}, {4, 7, {20, 0, 30, 10}, 0.9F}, {9, 13, {0, 50, 10, 60}, 0.9F}};
  return text;
}

std::string word_of(const PageText& text, std::size_t i) {
  return text.text.substr(text.words[i].begin, text.words[i].end - text.words[i].begin);
}

}  // namespace

TEST_CASE("words over a known stamp are left out, the others keep their lines") {
  PageText stamp;
  stamp.text = "DOS";
  stamp.words = {{0, 3, {18, 0, 32, 12}, std::nullopt}};
  const PageText left = without_overlaps(sample(), stamp);
  CHECK(left.text == "uno\n\ntres");
  REQUIRE(left.words.size() == 2);
  CHECK(word_of(left, 1) == "tres");
}

TEST_CASE("a block is appended behind an empty line, with spans that fit") {
  PageText text = sample();
  append_block(text, sample());
  CHECK(text.text == "uno dos\n\ntres\n\nuno dos\n\ntres");
  CHECK(word_of(text, 5) == "tres");
  PageText empty;
  append_block(empty, sample());
  CHECK(empty.text == sample().text);
}

TEST_CASE("turned pages take their boxes with them") {
  PageText text = sample();
  turn_words(text, 90, 100, 200);
  CHECK(text.words[1].box == Box{190, 20, 200, 30});
  turn_words(text, 270, 200, 100);
  CHECK(text.words[1].box == sample().words[1].box);
}
