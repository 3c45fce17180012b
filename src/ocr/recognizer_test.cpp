// SPDX-License-Identifier: GPL-3.0-or-later
// Real Tesseract on pages drawn here: prose in Leptonica's built-in 20-point letters.
#include "ocr/recognizer.h"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <numbers>
#include <random>
#include <string>

#include "document/library_errors.h"

namespace civicum {
namespace {

constexpr Dpi drawn_dpi{200};
constexpr int page_width = 1654;
constexpr int page_height = 2339;
constexpr int line_count = 14;
constexpr std::array<const char*, 3> sentences = {
    "decrees of the old harbour", "kept for ten years and signed", "people ask for them by date"};

struct BmfDeleter {
  void operator()(L_Bmf* font) const { bmfDestroy(&font); }
};

PixPtr draw_page() {
  PixPtr page(pixCreate(page_width, page_height, 8));
  pixSetAllArbitrary(page.get(), 250);
  const std::unique_ptr<L_Bmf, BmfDeleter> font(bmfCreate(nullptr, 20));
  for (int i = 0; i < line_count; ++i) {
    const std::string text = std::to_string(100 + i) + " " + sentences[std::size_t(i) % 3];
    int width = 0;
    int is_cut = 0;
    pixSetTextline(page.get(), font.get(), text.c_str(), 10, 200, 400 + 80 * i, &width, &is_cut);
  }
  return page;
}

Recognizer& recognizer() {
  static const std::unique_ptr<Recognizer> the_recognizer =
      *make_recognizer(*open_language_data("spa"));
  return *the_recognizer;
}

OcrPage read_picture(PixPtr pix) {
  auto page = recognizer().read({std::move(pix), drawn_dpi}, Standing::Unknown, {});
  REQUIRE(static_cast<bool>(page));
  return *std::move(page);
}

int lines_found(const OcrPage& page) {
  int count = 0;
  for (int i = 0; i < line_count; ++i) {
    count += page.content.text.find(std::to_string(100 + i) + " ") != std::string::npos ? 1 : 0;
  }
  return count;
}

Box box_of(const OcrPage& page, const std::string& text) {
  for (const Word& word : page.content.words) {
    if (page.content.text.substr(word.begin, word.end - word.begin) == text) return word.box;
  }
  FAIL("no word " << text);
  return {};
}

void check_place(const Box& box, float x, float y) {
  CHECK(box.x0 == doctest::Approx(x).epsilon(0.03));
  CHECK((box.y0 + box.y1) / 2 == doctest::Approx(y).epsilon(0.03));
}

TEST_CASE("an upright page is read with its words at their places") {
  const OcrPage page = read_picture(draw_page());
  CHECK(lines_found(page) == line_count);
  CHECK(page.turned == 0);
  CHECK(!page.is_blank);
  CHECK(page.width == doctest::Approx(595.4).epsilon(0.001));
  CHECK(page.height == doctest::Approx(842).epsilon(0.001));
  REQUIRE(page.confidence.has_value());
  CHECK(*page.confidence > 0.8F);
  const OcrPage again = read_picture(draw_page());
  CHECK(again.content.text == page.content.text);
  // pixSetTextline writes upwards from its y; the line lies within 30 pixels of it.
  const Box first = box_of(page, "100");
  CHECK(first.x0 == doctest::Approx(72).epsilon(0.03));
  CHECK(first.y1 > 130);
  CHECK(first.y1 < 155);
  CHECK(box_of(page, "103").y0 - first.y0 == doctest::Approx(3 * 80 * 0.36).epsilon(0.02));
}

TEST_CASE("the at sign of a mail address is read, which the Spanish model does not know") {
  PixPtr page = draw_page();
  const std::unique_ptr<L_Bmf, BmfDeleter> font(bmfCreate(nullptr, 20));
  int width = 0;
  int is_cut = 0;
  pixSetTextline(page.get(), font.get(), "write to people@harbour.cl today", 10, 200, 1800, &width,
                 &is_cut);
  const OcrPage read = read_picture(std::move(page));
  CHECK(read.content.text.find("people@harbour.cl") != std::string::npos);
  CHECK(lines_found(read) == line_count);
}

TEST_CASE("a turned page is set upright and its boxes with it") {
  const OcrPage upright = read_picture(draw_page());
  const Box wanted = box_of(upright, "107");
  for (const int quarters : {1, 2, 3}) {
    PixPtr page = draw_page();
    for (int i = 0; i < quarters; ++i) page.reset(pixRotate90(page.get(), 1));
    const OcrPage turned = read_picture(std::move(page));
    CHECK(turned.turned == 360 - 90 * quarters);
    CHECK(lines_found(turned) == line_count);
    CHECK(turned.width == doctest::Approx(upright.width));
    check_place(box_of(turned, "107"), wanted.x0, (wanted.y0 + wanted.y1) / 2);
  }
}

TEST_CASE("a 1-bit page upside down is set upright") {
  PixPtr page(pixThresholdToBinary(draw_page().get(), 128));
  page.reset(pixRotate180(nullptr, page.get()));
  const OcrPage turned = read_picture(std::move(page));
  CHECK(turned.turned == 180);
  CHECK(lines_found(turned) == line_count);
}

TEST_CASE("light print on dark is read") {
  PixPtr page = draw_page();
  pixInvert(page.get(), page.get());
  CHECK(lines_found(read_picture(std::move(page))) == line_count);
}

TEST_CASE("a page askew is read, with boxes where the words are on the skewed page") {
  const OcrPage level = read_picture(draw_page());
  const Box wanted = box_of(level, "107");
  for (const float degrees : {-3.0F, 8.0F}) {
    const float radians = degrees * std::numbers::pi_v<float> / 180;
    PixPtr page = draw_page();
    page.reset(pixRotate(page.get(), radians, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, 0, 0));
    const OcrPage skewed = read_picture(std::move(page));
    CHECK(skewed.skew_degrees == doctest::Approx(-degrees).epsilon(0.1));
    CHECK(lines_found(skewed) == line_count);
    const float dx = (wanted.x0 + wanted.x1 - level.width) / 2;
    const float dy = (wanted.y0 + wanted.y1 - level.height) / 2;
    const Box found = box_of(skewed, "107");
    const float x = level.width / 2 + std::cos(radians) * dx - std::sin(radians) * dy;
    const float y = level.height / 2 + std::sin(radians) * dx + std::cos(radians) * dy;
    CHECK(std::fabs((found.x0 + found.x1) / 2 - x) < 4);
    CHECK(std::fabs((found.y0 + found.y1) / 2 - y) < 4);
  }
}

TEST_CASE("an empty page, with or without specks, is known as blank") {
  PixPtr white(pixCreate(page_width, page_height, 8));
  pixSetAllArbitrary(white.get(), 255);
  CHECK(read_picture(PixPtr(pixCopy(nullptr, white.get()))).is_blank);
  std::minstd_rand random(1);
  for (int i = 0; i < 40; ++i) {
    pixSetPixel(white.get(), int(random() % page_width), int(random() % page_height), 0);
  }
  const OcrPage page = read_picture(std::move(white));
  CHECK(page.is_blank);
  CHECK(page.content.words.empty());
  CHECK(!page.confidence.has_value());
}

TEST_CASE("a page of little text is not blank") {
  PixPtr page(pixCreate(page_width, page_height, 8));
  pixSetAllArbitrary(page.get(), 255);
  const std::unique_ptr<L_Bmf, BmfDeleter> font(bmfCreate(nullptr, 20));
  int width = 0;
  int is_cut = 0;
  pixSetTextline(page.get(), font.get(), "Page 1977", 10, 700, 1200, &width, &is_cut);
  CHECK(read_picture(std::move(page)).content.text.find("1977") != std::string::npos);
}

TEST_CASE("text under speckle is still read") {
  PixPtr page = draw_page();
  std::minstd_rand random(7);
  for (int i = 0; i < page_width * page_height / 20; ++i) {
    pixSetPixel(page.get(), int(random() % page_width), int(random() % page_height),
                random() % 2 == 0 ? 0 : 255);
  }
  CHECK(lines_found(read_picture(std::move(page))) >= line_count / 2);
}

TEST_CASE("progress is reported and never runs backwards") {
  std::uint32_t last = 0;
  int call_count = 0;
  auto page =
      recognizer().read({draw_page(), drawn_dpi}, Standing::Unknown, [&](std::uint32_t permille) {
        CHECK(permille >= last);
        CHECK(permille <= 1000);
        last = permille;
        ++call_count;
      });
  CHECK(static_cast<bool>(page));
  CHECK(call_count > line_count);
}

TEST_CASE("a raster without a picture or a scale is refused") {
  auto nothing = recognizer().read({nullptr, drawn_dpi}, Standing::Unknown, {});
  REQUIRE(!nothing);
  CHECK(nothing.error().kind == ErrorKind::BadInput);
  auto no_scale = recognizer().read({draw_page(), Dpi{0}}, Standing::Unknown, {});
  CHECK(!no_scale);
}

TEST_CASE("the engine names itself and its languages") {
  CHECK(recognizer().engine().starts_with("tesseract "));
  CHECK(recognizer().engine().ends_with(" spa"));
}

}  // namespace
}  // namespace civicum
