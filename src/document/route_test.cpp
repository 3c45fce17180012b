// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/route.h"

#include <doctest/doctest.h>

namespace civicum {
namespace {

/// A page of good Spanish text.
PageFacts text_page(std::uint32_t chars) {
  PageFacts facts;
  facts.width = 595;
  facts.height = 842;
  facts.visible_chars = chars;
  facts.letter_count = chars * 9 / 10;
  facts.vowel_share = 0.45;
  facts.stop_word_rate = 0.4;
  return facts;
}

PageFacts scan_page(bool is_decodable) {
  PageFacts facts;
  facts.width = 595;
  facts.height = 842;
  facts.image_cover = 1;
  facts.image = FullPageImage{2480, 3508, 8, ImageEncoding::Jpeg, {300}, is_decodable, false};
  facts.pictures = {{0, 0, 595, 842}};
  return facts;
}

PageFacts with_layer(std::uint32_t chars, double stop_word_rate, double vowel_share) {
  PageFacts facts = scan_page(true);
  facts.invisible_chars = chars;
  facts.letter_count = chars;
  facts.stop_word_rate = stop_word_rate;
  facts.vowel_share = vowel_share;
  return facts;
}

TEST_CASE("a page where nothing is drawn is empty") {
  CHECK(decide_route(PageFacts{}).kind == PageKind::Empty);
}

TEST_CASE("good text is taken as it is") {
  CHECK(decide_route(text_page(2000)).kind == PageKind::Text);
  CHECK(decide_route(text_page(5)).kind == PageKind::Text);
}

TEST_CASE("a scan is decoded where it can be, else rendered") {
  CHECK(decide_route(scan_page(true)).kind == PageKind::Image);
  CHECK(decide_route(scan_page(false)).kind == PageKind::Render);
}

TEST_CASE("a few visible words on a scan are a stamp: kept, and the scan is read") {
  PageFacts facts = scan_page(true);
  facts.visible_chars = 120;
  facts.letter_count = 100;
  facts.vowel_share = 0.4;
  const RouteDecision decision = decide_route(facts);
  CHECK(decision.kind == PageKind::Image);
  CHECK(decision.keeps_text);
}

TEST_CASE("an earlier OCR layer is kept only where it reads like language") {
  const RouteDecision good = decide_route(with_layer(1500, 0.35, 0.45));
  CHECK(good.kind == PageKind::Text);
  CHECK(good.layer == Document::Layer::All);
  CHECK(decide_route(with_layer(1500, 0.05, 0.45)).kind == PageKind::Image);
  CHECK(decide_route(with_layer(1500, 0.35, 0.20)).kind == PageKind::Image);
  CHECK(decide_route(with_layer(300, 0.35, 0.45)).kind == PageKind::Image);
}

TEST_CASE("garbled text is read again from the page's picture") {
  PageFacts cipher = text_page(1800);
  cipher.vowel_share = 0.17;
  CHECK(decide_route(cipher).kind == PageKind::Render);
  PageFacts unmapped = text_page(1800);
  unmapped.unmapped_share = 0.05;
  CHECK(decide_route(unmapped).kind == PageKind::Render);
  CHECK_FALSE(decide_route(unmapped).keeps_text);
}

TEST_CASE("a layer that can be read in part stands in where OCR cannot read the page") {
  PageFacts strange = text_page(1800);
  strange.unmapped_share = 0.05;
  CHECK(decide_route(strange).stand_in == Document::Layer::Visible);
  strange.unmapped_share = 0.4;
  CHECK_FALSE(decide_route(strange).stand_in);
  PageFacts hidden;
  hidden.invisible_chars = 80;
  CHECK(decide_route(hidden).kind == PageKind::Render);
  CHECK(decide_route(hidden).stand_in == Document::Layer::All);
  hidden.image_cover = 1;
  CHECK_FALSE(decide_route(hidden).stand_in);
}

TEST_CASE("few letters may stray further from the share of vowels") {
  PageFacts form = text_page(87);
  form.vowel_share = 0.27;
  CHECK(decide_route(form).kind == PageKind::Text);
  form.vowel_share = 0.17;
  CHECK(decide_route(form).kind == PageKind::Render);
}

TEST_CASE("a table of numbers is not garbled for want of vowels") {
  PageFacts facts = text_page(800);
  facts.letter_count = 20;
  facts.vowel_share = 0.1;
  CHECK(decide_route(facts).kind == PageKind::Text);
}

TEST_CASE("text with pictures gets both") {
  PageFacts facts = text_page(176);
  facts.image_cover = 0.41;
  facts.pictures = {{50, 100, 500, 400}};
  const RouteDecision decision = decide_route(facts);
  CHECK(decision.kind == PageKind::Mixed);
  CHECK(decision.pictures.size() == 1);
  facts.image_cover = 0.1;
  CHECK(decide_route(facts).kind == PageKind::Text);
}

TEST_CASE("pictures without any text are read from the page") {
  PageFacts facts;
  facts.image_cover = 0.5;
  CHECK(decide_route(facts).kind == PageKind::Render);
}

TEST_CASE("text drawn as outlines is rendered") {
  PageFacts outlines;
  outlines.path_count = 3000;
  CHECK(decide_route(outlines).kind == PageKind::Render);
  PageFacts with_header = text_page(40);
  with_header.path_count = 3000;
  CHECK(decide_route(with_header).kind == PageKind::Render);
  CHECK(decide_route(with_header).keeps_text);
  PageFacts chart = text_page(2000);
  chart.path_count = 3000;
  CHECK(decide_route(chart).kind == PageKind::Text);
}

}  // namespace
}  // namespace civicum
