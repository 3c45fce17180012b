// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include "document/placement.h"
#include "document/text_quality.h"
#include "document/word_text.h"

namespace civicum {
namespace {

using Break = PageTextBuilder::Break;

std::string clean(std::u32string_view word, WordEnd end = WordEnd::InLine) {
  return clean_word({word.data(), word.size()}, end);
}

PageText page_of(std::initializer_list<std::string_view> words) {
  PageTextBuilder page;
  for (const std::string_view word : words) page.add_word(word, {}, Break::Space);
  return page.take();
}

TEST_CASE("ligatures are taken apart and unreadable code points dropped") {
  CHECK(clean(U"o\uFB01cina") == "oficina");
  CHECK(clean(U"a\uFB03che") == "affiche");
  CHECK(clean(U"\uE001a\uFFFDb\u0007c\u00A0") == "abc");
  CHECK(clean(U"\uFFFD").empty());
}

TEST_CASE("an accent behind its letter is joined with it") {
  CHECK(clean(U"resolucio\u0301n") == "resolución");
  CHECK(clean(U"an\u0303o") == "año");
  CHECK(clean(U"x\u0301") == "x\u0301");
}

TEST_CASE("a soft hyphen counts only at the end of a line") {
  CHECK(clean(U"reso\u00ADlu\u00AD") == "resolu");
  CHECK(clean(U"reso\u00ADlu\u00AD", WordEnd::LineEnd) == "resolu-");
}

TEST_CASE("words are joined by spaces, lines and blocks by line ends") {
  PageTextBuilder page;
  CHECK(page.add_word("uno", {}, Break::Block));
  CHECK(page.add_word("dos", {}, Break::Space));
  CHECK(page.add_word("tres", {}, Break::Line));
  CHECK(page.add_word("cuatro", {}, Break::Block));
  const PageText text = page.take();
  CHECK(text.text == "uno dos\ntres\n\ncuatro");
  REQUIRE(text.words.size() == 4);
  CHECK(text.words[2].begin == 8);
  CHECK(text.words[2].end == 12);
}

TEST_CASE("a page's text ends at its bound") {
  PageTextBuilder page;
  CHECK_FALSE(page.add_word(std::string(page_text_bytes_max + 1, 'a'), {}, Break::Space));
}

TEST_CASE("Spanish reads like language, a cipher does not") {
  const TextQuality spanish =
      assess_text(page_of({"La", "resolución", "que", "se", "dictó", "en", "el", "año", "ÚLTIMO"}));
  CHECK(spanish.letter_count == 35);
  CHECK(spanish.vowel_share > 0.4);
  CHECK(spanish.stop_word_rate == doctest::Approx(5.0 / 9));
  const TextQuality cipher = assess_text(page_of({"Kz", "qdrnktbhxm", "ptd", "rd", "chbsx"}));
  CHECK(cipher.vowel_share < 0.1);
  CHECK(cipher.stop_word_rate == 0);
  CHECK(assess_text(page_of({"12", "3.4", "--"})).letter_count == 0);
}

TEST_CASE("quarter turns are known, mirrors and slants are not") {
  CHECK(turn_of(600, 0, 0, -800) == 0);
  CHECK(turn_of(0, 600, 800, 0) == 90);
  CHECK(turn_of(-600, 0, 0, 800) == 180);
  CHECK(turn_of(0, -600, -800, 0) == 270);
  CHECK_FALSE(turn_of(-600, 0, 0, -800));
  CHECK_FALSE(turn_of(600, 0, 0, 800));
  CHECK_FALSE(turn_of(600, 20, 20, -800));
  CHECK_FALSE(turn_of(0, 0, 0, 0));
}

}  // namespace
}  // namespace civicum
