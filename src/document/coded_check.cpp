// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/coded_check.h"

#include <array>
#include <csetjmp>
#include <cstdio>
// libjpeg's header needs FILE to be declared before it.
#include <jpeglib.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "document/byte_reader.h"

namespace civicum {
namespace {

constexpr unsigned int reduction = 8;

/// libjpeg reports errors by longjmp to the setjmp in run(): nothing between the two may need a
/// destructor, so all memory is owned here.
struct JpegScan {
  jpeg_decompress_struct jpeg{};
  jpeg_error_mgr errors{};
  std::jmp_buf on_error{};
  std::vector<JSAMPLE> row;

  JpegScan() = default;
  JpegScan(const JpegScan&) = delete;
  JpegScan& operator=(const JpegScan&) = delete;
  ~JpegScan() { jpeg_destroy_decompress(&jpeg); }
};

[[noreturn]] void give_up(j_common_ptr jpeg) {
  std::longjmp(static_cast<JpegScan*>(jpeg->client_data)->on_error, 1);
}

void say_nothing(j_common_ptr) {}

bool run(JpegScan& scan, std::string_view bytes) {
  scan.jpeg.err = jpeg_std_error(&scan.errors);
  scan.errors.error_exit = give_up;
  scan.errors.output_message = say_nothing;
  scan.jpeg.client_data = &scan;
  if (setjmp(scan.on_error) != 0) return false;
  jpeg_create_decompress(&scan.jpeg);
  jpeg_mem_src(&scan.jpeg, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  if (jpeg_read_header(&scan.jpeg, TRUE) != JPEG_HEADER_OK) return false;
  scan.jpeg.out_color_space = scan.jpeg.jpeg_color_space;
  scan.jpeg.scale_num = 1;
  scan.jpeg.scale_denom = reduction;
  scan.jpeg.do_fancy_upsampling = FALSE;
  if (jpeg_start_decompress(&scan.jpeg) == FALSE) return false;
  scan.row.resize(std::size_t{scan.jpeg.output_width} *
                  static_cast<std::size_t>(scan.jpeg.output_components));
  JSAMPROW row = scan.row.data();
  while (scan.jpeg.output_scanline < scan.jpeg.output_height) {
    if (jpeg_read_scanlines(&scan.jpeg, &row, 1) != 1) return false;
  }
  return jpeg_finish_decompress(&scan.jpeg) == TRUE && scan.errors.num_warnings == 0;
}

/// One segment of JBIG2: a header of variable length, then its data.
struct Jbig2Segment {
  std::uint8_t type = 0;
  std::uint64_t end = 0;
};

constexpr std::uint32_t unknown_length = 0xFFFFFFFF;

/// Empty where the header is cut off.
std::optional<Jbig2Segment> jbig2_segment(const ByteReader& data, std::size_t at) {
  const std::uint32_t number = data.u32(at);
  const std::uint8_t flags = data.u8(at + 4);
  const std::uint8_t short_count = data.u8(at + 5) >> 5U;
  const bool is_long = short_count == 7;
  const std::uint64_t count = is_long ? data.u32(at + 5) & 0x1FFFFFFFU : short_count;
  const std::uint64_t retention = is_long ? 4 + (count + 8) / 8 : 1;
  const std::uint64_t reference = number <= 256 ? 1 : number <= 65536 ? 2 : 4;
  const std::uint64_t page = (flags & 0x40U) != 0 ? 4 : 1;
  const std::uint64_t begin = at + 5 + retention + count * reference + page + 4;
  if (begin > data.size()) return std::nullopt;
  const std::uint32_t length = data.u32(static_cast<std::size_t>(begin) - 4);
  const std::uint64_t end = length == unknown_length ? data.size() : begin + length;
  return Jbig2Segment{static_cast<std::uint8_t>(flags & 0x3FU), end};
}

bool is_jbig2_type(std::uint8_t type) {
  static constexpr std::array<std::uint8_t, 9> others = {0, 16, 48, 49, 50, 51, 52, 53, 62};
  return std::find(others.begin(), others.end(), type) != others.end();
}

/// Text, halftone, generic and refinement regions.
bool is_jbig2_region(std::uint8_t type) {
  static constexpr std::array<std::uint8_t, 12> regions = {4,  6,  7,  20, 22, 23,
                                                           36, 38, 39, 40, 42, 43};
  return std::find(regions.begin(), regions.end(), type) != regions.end();
}

}  // namespace

bool is_jbig2_whole(std::string_view bytes) {
  constexpr std::size_t header_size_min = 11;
  const std::size_t last = bytes.find_last_not_of(std::string_view("\r\n \0", 4));
  bool has_region = false;
  std::size_t at = 0;
  while (at + header_size_min <= bytes.size()) {
    const auto segment = jbig2_segment(ByteReader(bytes, Endian::Big), at);
    if (!segment || segment->end > bytes.size()) return false;
    const bool is_region = is_jbig2_region(segment->type);
    if (!is_region && !is_jbig2_type(segment->type)) return false;
    has_region = has_region || is_region;
    at = static_cast<std::size_t>(segment->end);
  }
  return has_region && (last == bytes.npos || at > last);
}

bool is_jpeg_whole(std::string_view bytes) {
  JpegScan scan;
  return run(scan, bytes);
}

FlateCheck::FlateCheck(std::uint64_t enough) : enough_(enough) { code_ = inflateInit(&stream_); }
FlateCheck::~FlateCheck() { inflateEnd(&stream_); }

bool FlateCheck::feed(std::span<const unsigned char> bytes) {
  std::array<unsigned char, 16384> out{};
  stream_.next_in = const_cast<unsigned char*>(bytes.data());  // zlib only reads it
  stream_.avail_in = static_cast<unsigned int>(bytes.size());
  while (code_ == Z_OK && decoded_ < enough_) {
    stream_.next_out = out.data();
    stream_.avail_out = out.size();
    code_ = inflate(&stream_, Z_NO_FLUSH);
    decoded_ += out.size() - stream_.avail_out;
    if (code_ == Z_BUF_ERROR && stream_.avail_in == 0) {
      code_ = Z_OK;
      break;
    }
    if (stream_.avail_in == 0 && stream_.avail_out > 0) break;
  }
  return code_ == Z_OK && decoded_ < enough_;
}

}  // namespace civicum
