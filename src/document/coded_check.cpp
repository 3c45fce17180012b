// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/coded_check.h"

#include <array>
#include <csetjmp>
#include <cstdio>
// libjpeg's header needs FILE to be declared before it.
#include <jpeglib.h>

#include <vector>

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

}  // namespace

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
