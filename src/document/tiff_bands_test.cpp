// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/tiff_bands.h"

#include <doctest/doctest.h>
#include <tiffio.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "document/coded_image.h"
#include "document/library_errors.h"

namespace civicum {
namespace {

constexpr std::uint32_t side = 256;
constexpr std::uint32_t tile = 64;

enum class Layout : std::uint8_t { Tiles, Planes, Floats };

/// Dark in the quarter at the top left, light elsewhere, in the order of the file's rows.
std::string written(Layout layout, std::uint16_t orientation = ORIENTATION_TOPLEFT) {
  char path[] = "/tmp/civicum-tiff-XXXXXX";
  const int fd = mkstemp(path);
  REQUIRE(fd >= 0);
  TIFF* tiff = TIFFFdOpen(fd, path, "w");
  REQUIRE(tiff != nullptr);
  const bool is_float = layout == Layout::Floats;
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, side);
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, side);
  TIFFSetField(tiff, TIFFTAG_ORIENTATION, orientation);
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, is_float ? 32 : 8);
  TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, is_float ? SAMPLEFORMAT_IEEEFP : SAMPLEFORMAT_UINT);
  const bool is_planar = layout == Layout::Planes;
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, is_planar ? 4 : 1);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC,
               is_planar ? PHOTOMETRIC_SEPARATED : PHOTOMETRIC_MINISBLACK);
  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, is_planar ? PLANARCONFIG_SEPARATE : PLANARCONFIG_CONTIG);
  if (layout == Layout::Tiles) {
    TIFFSetField(tiff, TIFFTAG_TILEWIDTH, tile);
    TIFFSetField(tiff, TIFFTAG_TILELENGTH, tile);
    for (std::uint32_t y = 0; y < side; y += tile) {
      for (std::uint32_t x = 0; x < side; x += tile) {
        std::vector<std::uint8_t> samples(std::size_t{tile} * tile,
                                          x < side / 2 && y < side / 2 ? 0 : 255);
        TIFFWriteTile(tiff, samples.data(), x, y, 0, 0);
      }
    }
  } else {
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 16);
    const std::uint16_t planes = is_planar ? 4 : 1;
    for (std::uint16_t plane = 0; plane < planes; ++plane) {
      for (std::uint32_t y = 0; y < side; ++y) {
        std::vector<std::uint8_t> row(is_float ? std::size_t{side} * 4 : side, 0);
        // Of the four inks only black is on the paper.
        for (std::uint32_t x = 0; x < side / 2 && y < side / 2 && plane == 3; ++x) row[x] = 255;
        TIFFWriteScanline(tiff, row.data(), y, plane);
      }
    }
  }
  TIFFClose(tiff);
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  std::remove(path);
  return bytes;
}

Result<PixPtr> decoded(const std::string& tiff) {
  library_errors::begin_page();
  const Result<ImageHeader> header = read_image_header(tiff);
  REQUIRE(header);
  return decode_tiff_page(tiff, header->pages.front());
}

bool is_dark(Pix* pix, int x, int y) {
  l_uint32 value = 255;
  REQUIRE(pixGetPixel(pix, x, y, &value) == 0);
  return value < 128;
}

TEST_CASE("tiles and separate planes are read, upright") {
  for (const Layout layout : {Layout::Tiles, Layout::Planes}) {
    const Result<PixPtr> pix = decoded(written(layout));
    REQUIRE(pix);
    CHECK(pixGetDepth(pix->get()) == 8);
    CHECK(is_dark(pix->get(), 60, 60));
    CHECK_FALSE(is_dark(pix->get(), 200, 60));
    CHECK_FALSE(is_dark(pix->get(), 60, 200));
  }
  const Result<PixPtr> turned = decoded(written(Layout::Tiles, ORIENTATION_BOTRIGHT));
  REQUIRE(turned);
  CHECK(is_dark(turned->get(), 200, 200));
  CHECK_FALSE(is_dark(turned->get(), 60, 60));
}

TEST_CASE("a kind that nobody shows is unsupported, a cut one damaged or read as far as it goes") {
  const Result<PixPtr> floats = decoded(written(Layout::Floats));
  REQUIRE(!floats);
  CHECK(floats.error().kind == ErrorKind::BadInput);
  const std::string whole = written(Layout::Tiles);
  const std::string start = whole.substr(0, 8);
  const Result<ImageHeader> header = read_image_header(whole);
  REQUIRE(header);
  CHECK(!decode_tiff_bands(start, header->pages.front(), TiffColours::Grey));
}

}  // namespace
}  // namespace civicum
