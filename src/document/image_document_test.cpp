// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include <functional>

#include "document/raster_plan.h"
#include "document/route.h"
#include "document/test_files.h"

namespace civicum {
namespace {

using test::Opened;

/// White paper of this size with its top left quarter black.
PixPtr quarter(int width, int height, int depth) {
  PixPtr pix(pixCreate(width, height, depth));
  pixSetBlackOrWhite(pix.get(), L_SET_WHITE);
  pixSetResolution(pix.get(), 200, 200);
  PixPtr black(pixCreate(width / 2, height / 2, depth));
  pixSetBlackOrWhite(black.get(), L_SET_BLACK);
  pixRasterop(pix.get(), 0, 0, width / 2, height / 2, PIX_SRC, black.get(), 0, 0);
  return pix;
}

std::string written(const std::function<int(l_uint8**, std::size_t*)>& write) {
  l_uint8* data = nullptr;
  std::size_t size = 0;
  ENSURE(write(&data, &size) == 0);
  std::string bytes(reinterpret_cast<char*>(data), size);
  lept_free(data);
  return bytes;
}

std::string as_png(Pix* pix) {
  return written([pix](auto* data, auto* size) { return pixWriteMemPng(data, size, pix, 0); });
}

std::string as_jpeg(Pix* pix) {
  return written([pix](auto* data, auto* size) { return pixWriteMemJpeg(data, size, pix, 90, 0); });
}

std::string as_tiff(std::initializer_list<Pix*> pages) {
  Pixa* pixa = pixaCreate(0);
  for (Pix* page : pages) pixaAddPix(pixa, page, L_COPY);
  std::string bytes = written(
      [pixa](auto* data, auto* size) { return pixaWriteMemMultipageTiff(data, size, pixa); });
  pixaDestroy(&pixa);
  return bytes;
}

bool is_dark(const Raster& raster, double x, double y) {
  const int width = pixGetWidth(raster.pix.get());
  const int height = pixGetHeight(raster.pix.get());
  l_uint32 value = 0;
  ENSURE(pixGetPixel(raster.pix.get(), static_cast<int>(x * width), static_cast<int>(y * height),
                     &value) == 0);
  return pixGetDepth(raster.pix.get()) == 1 ? value == 1 : value < 128;
}

void check_top_left(const Raster& raster) {
  CHECK(is_dark(raster, 0.25, 0.25));
  CHECK_FALSE(is_dark(raster, 0.75, 0.25));
  CHECK_FALSE(is_dark(raster, 0.25, 0.75));
  CHECK_FALSE(is_dark(raster, 0.75, 0.75));
}

TEST_CASE("JPEG, PNG and TIFF of any depth become an upright grey page") {
  const PixPtr grey = quarter(800, 1000, 8);
  const PixPtr colour = quarter(800, 1000, 32);
  const PixPtr one_bit = quarter(800, 1000, 1);
  const PixPtr palette(pixConvertTo8(colour.get(), 1));
  for (const std::string& file :
       {as_jpeg(grey.get()), as_jpeg(colour.get()), as_png(grey.get()), as_png(colour.get()),
        as_png(one_bit.get()), as_png(palette.get()), as_tiff({grey.get()}),
        as_tiff({colour.get()}), as_tiff({one_bit.get()}), as_tiff({palette.get()})}) {
    Opened image(file);
    REQUIRE(image.is_open());
    CHECK(image->type() == DocumentType::Image);
    CHECK(image->pages().count == 1);
    const auto facts = image->inventory(0);
    REQUIRE(facts);
    CHECK(facts->width == 288);
    CHECK(facts->height == 360);
    CHECK(decide_route(*facts).kind == PageKind::Image);
    CHECK(image->text_layer(0, Document::Layer::All)->text.empty());
    for (const std::uint32_t dpi : {200U, 100U, 60U}) {
      const auto raster = image->decode_image(0, {dpi});
      REQUIRE(raster);
      CHECK(raster->dpi.value == dpi);
      CHECK(pixGetWidth(raster->pix.get()) == doctest::Approx(4 * dpi).epsilon(0.01));
      CHECK(pixGetDepth(raster->pix.get()) <= 8);
      check_top_left(*raster);
    }
  }
}

TEST_CASE("every page of a TIFF is its own") {
  const PixPtr first = quarter(400, 500, 1);
  const PixPtr second = quarter(600, 300, 8);
  Opened image(as_tiff({first.get(), second.get(), first.get()}));
  REQUIRE(image.is_open());
  REQUIRE(image->pages().count == 3);
  CHECK(image->inventory(1)->image->width_px == 600);
  CHECK(pixGetWidth(image->decode_image(1, {200})->pix.get()) == 600);
  CHECK(pixGetWidth(image->decode_image(2, {200})->pix.get()) == 400);
}

TEST_CASE("transparent paper is white") {
  const PixPtr colour = quarter(200, 200, 32);
  pixSetSpp(colour.get(), 4);
  PixPtr alpha(pixCreate(200, 200, 8));
  pixRasterop(alpha.get(), 0, 0, 100, 100, PIX_SET, nullptr, 0, 0);
  pixSetRGBComponent(colour.get(), alpha.get(), L_ALPHA_CHANNEL);
  Opened image(as_png(colour.get()));
  REQUIRE(image.is_open());
  CHECK(image->inventory(0)->image->bits_per_pixel == 32);
  check_top_left(*image->decode_image(0, {200}));
}

TEST_CASE("a JPEG is turned as its camera was held") {
  const PixPtr grey = quarter(400, 600, 8);
  const std::string plain = as_jpeg(grey.get());
  struct Turn {
    int orientation;
    double x;
    double y;
  };
  // Where the stored top left quarter is displayed.
  for (const Turn turn :
       {Turn{1, 0.25, 0.25}, Turn{2, 0.75, 0.25}, Turn{3, 0.75, 0.75}, Turn{4, 0.25, 0.75},
        Turn{5, 0.25, 0.25}, Turn{6, 0.75, 0.25}, Turn{7, 0.75, 0.75}, Turn{8, 0.25, 0.75}}) {
    std::string exif(
        "\xFF\xE1\x00\x22"
        "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0",
        29);
    exif += static_cast<char>(turn.orientation);
    exif += std::string(6, '\0');
    Opened image(plain.substr(0, 2) + exif + plain.substr(2));
    REQUIRE(image.is_open());
    const auto facts = image->inventory(0);
    REQUIRE(facts);
    CHECK((facts->width > facts->height) == (turn.orientation >= 5));
    const auto raster = image->decode_image(0, {200});
    REQUIRE(raster);
    CHECK((pixGetWidth(raster->pix.get()) > pixGetHeight(raster->pix.get())) ==
          (turn.orientation >= 5));
    CHECK(is_dark(*raster, turn.x, turn.y));
    CHECK_FALSE(is_dark(*raster, 1 - turn.x, turn.y));
    CHECK_FALSE(is_dark(*raster, turn.x, 1 - turn.y));
  }
}

TEST_CASE("a part of an image is given like a part of a page") {
  const PixPtr grey = quarter(800, 1000, 8);
  Opened image(as_png(grey.get()));
  REQUIRE(image.is_open());
  const auto part = image->render(0, {200}, Box{36, 36, 72, 72});
  REQUIRE(part);
  CHECK(pixGetWidth(part->pix.get()) == 100);
  CHECK(is_dark(*part, 0.5, 0.5));
}

TEST_CASE("an image cut off in its middle is damaged, one cut off in its header does not open") {
  const PixPtr grey = quarter(800, 1000, 8);
  const std::string png = as_png(grey.get());
  Opened image(png.substr(0, png.size() / 2));
  REQUIRE(image.is_open());
  const auto raster = image->decode_image(0, {200});
  REQUIRE_FALSE(raster);
  CHECK(raster.error().kind == ErrorKind::Corrupt);
  CHECK(Opened(png.substr(0, 20)).error() == OpenError::Damaged);
  CHECK(Opened(std::string("II+\0\0\0\0\0", 8)).error() == OpenError::Unsupported);
  CHECK(image->inventory(1).error().kind == ErrorKind::NotFound);
}

TEST_CASE("a decoder is told to make no more pixels than are wanted") {
  FullPageImage jpeg{4960, 7016, 24, ImageEncoding::Jpeg, {600}, true, false};
  CHECK(plan_raster(jpeg, {200}).reduction == 2);
  CHECK(plan_raster(jpeg, {200}).source_bytes == Bytes{2480ULL * 3508});
  CHECK(plan_raster(jpeg, {100}).reduction == 4);
  jpeg.encoding = ImageEncoding::Png;
  CHECK(plan_raster(jpeg, {200}).reduction == 3);
  jpeg.is_progressive = true;
  CHECK(plan_raster(jpeg, {200}).reduction == 1);
}

TEST_CASE("sources near to what is wanted stay as they are") {
  FullPageImage image{1654, 2339, 8, ImageEncoding::Jpeg, {240}, true, false};
  CHECK(plan_raster(image, {200}).dpi.value == 240);
  CHECK(plan_raster(image, {200}).source_bytes == Bytes{0});
  CHECK(plan_raster(image, {150}).dpi.value == 150);
  image.dpi = {150};
  CHECK(plan_raster(image, {200}).dpi.value == 200);
  image.bits_per_pixel = 1;
  image.dpi = {300};
  CHECK(plan_raster(image, {200}).is_one_bit);
  CHECK(plan_raster(image, {200}).dpi.value == 300);
  CHECK_FALSE(plan_raster(image, {150}).is_one_bit);
  image.dpi = {600};
  CHECK_FALSE(plan_raster(image, {200}).is_one_bit);
}

}  // namespace
}  // namespace civicum
