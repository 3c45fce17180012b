// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/image_header.h"

#include <doctest/doctest.h>

#include <string>

#include "document/image_scale.h"

namespace civicum {
namespace {

std::string bytes(std::initializer_list<int> values) {
  std::string out;
  for (const int value : values) out += static_cast<char>(value);
  return out;
}

std::string big16(unsigned value) {
  return bytes({static_cast<int>(value >> 8 & 0xFF), static_cast<int>(value & 0xFF)});
}
std::string big32(unsigned value) { return big16(value >> 16) + big16(value & 0xFFFF); }
std::string little16(unsigned value) {
  return bytes({static_cast<int>(value & 0xFF), static_cast<int>(value >> 8 & 0xFF)});
}
std::string little32(unsigned value) { return little16(value & 0xFFFF) + little16(value >> 16); }

std::string png(unsigned width, unsigned height) {
  return "\x89PNG\r\n\x1A\n" + big32(13) + "IHDR" + big32(width) + big32(height) +
         bytes({8, 6, 0, 0, 1}) + big32(0) + big32(9) + "pHYs" + big32(11811) + big32(11811) +
         bytes({1}) + big32(0) + big32(0) + "IDAT";
}

std::string jpeg(const std::string& segments) {
  return bytes({0xFF, 0xD8}) + segments + bytes({0xFF, 0xC0}) + big16(17) + bytes({8}) +
         big16(1200) + big16(800) + bytes({3}) + std::string(9, '\0');
}

std::string jfif(unsigned dpi) {
  return bytes({0xFF, 0xE0}) + big16(16) + std::string("JFIF\0", 5) + bytes({1, 1, 1}) +
         big16(dpi) + big16(dpi) + bytes({0, 0});
}

std::string entry(unsigned tag, unsigned type, unsigned value) {
  return little16(tag) + little16(type) + little32(1) + little32(value);
}

/// Directories of two entries each, the first at 8; the last points at `last_next`.
std::string tiff(unsigned count, unsigned last_next) {
  constexpr unsigned size = 2 + 2 * 12 + 4;
  std::string out = std::string("II*\0", 4) + little32(8);
  for (unsigned i = 0; i < count; ++i) {
    const unsigned next = i + 1 < count ? 8 + size * (i + 1) : last_next;
    out += little16(2) + entry(256, 4, 640 + i) + entry(257, 3, 480) + little32(next);
  }
  return out;
}

std::string exif(unsigned orientation) {
  const std::string ifd = std::string("MM\0*", 4) + big32(8) + big16(1) + big16(274) + big16(3) +
                          big32(1) + big16(orientation) + big16(0) + big32(0);
  const std::string body = std::string("Exif\0\0", 6) + ifd;
  return bytes({0xFF, 0xE1}) + big16(static_cast<unsigned>(body.size()) + 2) + body;
}

TEST_CASE("a PNG tells its size, depth, interlacing and resolution") {
  const auto header = read_image_header(png(2480, 3508));
  REQUIRE(header);
  REQUIRE(header->pages.size() == 1);
  const ImagePageHeader& page = header->pages[0];
  CHECK(header->type == ImageType::Png);
  CHECK(page.width_px == 2480);
  CHECK(page.height_px == 3508);
  CHECK(page.channels == 4);
  CHECK(page.is_interlaced);
  REQUIRE(page.resolution);
  CHECK(page.resolution->x == doctest::Approx(300).epsilon(0.001));
}

TEST_CASE("a JPEG tells its size, channels, resolution and orientation") {
  const auto header = read_image_header(jpeg(jfif(300) + exif(6)));
  REQUIRE(header);
  const ImagePageHeader& page = header->pages[0];
  CHECK(header->type == ImageType::Jpeg);
  CHECK(page.width_px == 800);
  CHECK(page.height_px == 1200);
  CHECK(page.channels == 3);
  CHECK(page.orientation == 6);
  CHECK_FALSE(page.is_interlaced);
  REQUIRE(page.resolution);
  CHECK(page.resolution->y == 300);
}

TEST_CASE("a TIFF tells each page and where its directory lies") {
  const auto header = read_image_header(tiff(3, 0));
  REQUIRE(header);
  REQUIRE(header->pages.size() == 3);
  CHECK(header->pages[2].width_px == 642);
  CHECK(header->pages[2].height_px == 480);
  CHECK(header->pages[0].ifd_offset == 8);
  CHECK(header->pages[1].ifd_offset == 38);
  CHECK(header->pages[0].bits_per_channel == 1);
}

TEST_CASE("a TIFF whose directories loop has each page once") {
  const auto header = read_image_header(tiff(3, 8));
  REQUIRE(header);
  CHECK(header->pages.size() == 3);
}

TEST_CASE("a TIFF keeps the pages before a broken directory") {
  const auto header = read_image_header(tiff(2, 4000000000U));
  REQUIRE(header);
  CHECK(header->pages.size() == 2);
}

TEST_CASE("more TIFF pages than the bound are too large") {
  const auto header = read_image_header(tiff(tiff_pages_max + 1, 0));
  REQUIRE_FALSE(header);
  CHECK(header.error().kind == ErrorKind::TooLarge);
}

TEST_CASE("a JPEG of endless segments is too large") {
  std::string segments;
  for (std::size_t i = 0; i <= jpeg_segments_max; ++i) segments += bytes({0xFF, 0xFE, 0, 2});
  const auto header = read_image_header(jpeg(segments));
  REQUIRE_FALSE(header);
  CHECK(header.error().kind == ErrorKind::TooLarge);
}

TEST_CASE("BigTIFF is not available") {
  const auto header = read_image_header(std::string("II+\0", 4) + little32(8));
  REQUIRE_FALSE(header);
  CHECK(header.error().kind == ErrorKind::Unavailable);
}

TEST_CASE("headers cut off or without area are corrupt") {
  CHECK(read_image_header(png(0, 10)).error().kind == ErrorKind::Corrupt);
  CHECK(read_image_header(png(10, 10).substr(0, 20)).error().kind == ErrorKind::Corrupt);
  CHECK(read_image_header(jpeg("").substr(0, 4)).error().kind == ErrorKind::Corrupt);
  CHECK(read_image_header(tiff(1, 0).substr(0, 12)).error().kind == ErrorKind::Corrupt);
  CHECK(read_image_header("GIF89a").error().kind == ErrorKind::BadInput);
}

ImagePageHeader page_of(std::uint32_t width, std::uint32_t height, std::optional<double> dpi) {
  ImagePageHeader page;
  page.width_px = width;
  page.height_px = height;
  if (dpi) page.resolution = Resolution{*dpi, *dpi};
  return page;
}

TEST_CASE("an image's resolution is believed where it makes a page") {
  CHECK(image_scale(page_of(2480, 3508, 300)).believed.x == 300);
  CHECK(image_scale(page_of(1654, 2339, {})).believed.x == 200);
  CHECK(image_scale(page_of(800, 600, 72)).believed.x == 72);
  CHECK(image_scale(page_of(9933, 14043, 300)).believed.x == 300);
}

TEST_CASE("a photograph tagged 72 dpi is taken for a page of A4, its boxes keep the tag") {
  const ImageScale photo = image_scale(page_of(3024, 4032, 72));
  CHECK(photo.record.x == 72);
  CHECK(photo.believed.x == doctest::Approx(345).epsilon(0.01));
  const ImageScale untagged = image_scale(page_of(3024, 4032, {}));
  CHECK(untagged.record.x == 200);
  CHECK(untagged.believed.x == doctest::Approx(345).epsilon(0.01));
  CHECK(image_scale(page_of(2480, 3508, 1)).record.x == 200);
  CHECK(image_scale(page_of(12000, 300, {})).believed.x == 200);
  CHECK(image_scale(page_of(1200, 20000, 96)).believed.x == 200);
}

}  // namespace
}  // namespace civicum
