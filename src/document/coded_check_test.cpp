// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/coded_check.h"

#include <allheaders.h>
#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

#include "document/bitmap.h"

namespace civicum {
namespace {

std::string jpeg() {
  PixPtr pix(pixCreate(400, 300, 8));
  for (int i = 0; i < 300; ++i) pixSetPixel(pix.get(), (i * 131) % 400, i, 200);
  l_uint8* data = nullptr;
  std::size_t size = 0;
  REQUIRE(pixWriteMemJpeg(&data, &size, pix.get(), 80, 0) == 0);
  std::string bytes(reinterpret_cast<char*>(data), size);
  lept_free(data);
  return bytes;
}

TEST_CASE("a JPEG is whole or it is not") {
  const std::string whole = jpeg();
  CHECK(is_jpeg_whole(whole));
  CHECK_FALSE(is_jpeg_whole(whole.substr(0, whole.size() / 2)));
  CHECK_FALSE(is_jpeg_whole(whole.substr(0, whole.size() - 2)));
  CHECK_FALSE(is_jpeg_whole("no JPEG"));
  CHECK_FALSE(is_jpeg_whole(""));
}

TEST_CASE("JBIG2 is whole where its segments are, and one holds a picture") {
  const std::string page_info =
      std::string("\0\0\0\0\x30\0\1\0\0\0\x13", 11) + std::string(19, 'p');
  const std::string region = std::string("\0\0\0\1\x26\0\1\0\0\0\x14", 11) + std::string(20, 'r');
  CHECK(is_jbig2_whole(page_info + region));
  CHECK(is_jbig2_whole(page_info + region + "\r\n"));
  CHECK_FALSE(is_jbig2_whole(page_info + region.substr(0, 20)));
  CHECK_FALSE(is_jbig2_whole(page_info + region.substr(0, 8)));
  CHECK_FALSE(is_jbig2_whole(page_info));
  CHECK_FALSE(is_jbig2_whole(std::string(400, '\0')));
  CHECK_FALSE(is_jbig2_whole(""));
  const std::string many = std::string("\0\0\0\1\x26\xFF\xFF\xFF\xFF", 9) + region;
  CHECK_FALSE(is_jbig2_whole(page_info + many));
}

TEST_CASE("deflated data are checked piece by piece, their checksum too") {
  const std::string text(50'000, 'x');
  std::vector<unsigned char> packed(compressBound(text.size()));
  uLongf size = packed.size();
  REQUIRE(compress(packed.data(), &size, reinterpret_cast<const Bytef*>(text.data()),
                   text.size()) == Z_OK);
  packed.resize(size);
  const auto is_whole = [](std::vector<unsigned char> bytes) {
    FlateCheck check(1'000'000);
    for (std::size_t at = 0; at < bytes.size(); at += 7) {
      const std::size_t count = std::min<std::size_t>(7, bytes.size() - at);
      if (!check.feed(std::span(bytes).subspan(at, count))) break;
    }
    return check.is_sound() && check.has_ended();
  };
  CHECK(is_whole(packed));
  std::vector<unsigned char> broken = packed;
  broken.back() ^= 1U;
  CHECK_FALSE(is_whole(broken));
  broken = packed;
  broken.resize(size / 2);
  CHECK_FALSE(is_whole(broken));
  CHECK_FALSE(is_whole({}));
  FlateCheck unchecked(1'000'000);  // its checksum is missing, and nothing else
  CHECK(unchecked.feed(std::span(packed).first(size - 4)));
  CHECK(unchecked.is_sound());
  CHECK(unchecked.decoded() == text.size());
  FlateCheck short_check(10);
  CHECK_FALSE(short_check.feed(packed));
  CHECK(short_check.is_sound());
  CHECK(short_check.decoded() >= 10);
}

}  // namespace
}  // namespace civicum
