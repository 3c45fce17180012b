// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/png_rows.h"

#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstring>
#include <vector>

#include "document/library_errors.h"

namespace civicum {
namespace {

/// libpng's state. libpng reports errors by longjmp to the setjmp in read_rows(), so nothing
/// between the two may need a destructor: all memory is owned here, outside.
struct PngReader {
  png_structp png = nullptr;
  png_infop info = nullptr;
  std::string_view left;  ///< of the file
  std::uint32_t reduction = 1;
  PixPtr pix;
  std::vector<png_byte> row;
  std::vector<std::uint32_t> sums;  ///< of a row of boxes
  std::vector<png_bytep> rows;      ///< interlaced only
  int rows_done = 0;                ///< of pix, from the top; not of interlaced ones

  PngReader() = default;
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;
  ~PngReader() { png_destroy_read_struct(&png, &info, nullptr); }
};

void take_bytes(png_structp png, png_bytep out, std::size_t size) {
  auto& reader = *static_cast<PngReader*>(png_get_io_ptr(png));
  if (size > reader.left.size()) png_error(png, "the file ends early");
  std::memcpy(out, reader.left.data(), size);
  reader.left.remove_prefix(size);
}

[[noreturn]] void on_error(png_structp png, png_const_charp message) {
  library_errors::note(message);
  png_longjmp(png, 1);
}

void on_warning(png_structp, png_const_charp message) { library_errors::note(message); }

void make_grey(png_structp png, png_infop info) {
  png_set_expand(png);
  png_set_scale_16(png);
  const int colour = png_get_color_type(png, info);
  const bool has_alpha =
      (colour & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(png, info, PNG_INFO_tRNS) != 0;
  if ((colour & PNG_COLOR_MASK_COLOR) != 0) {
    png_set_rgb_to_gray_fixed(png, PNG_ERROR_ACTION_NONE, -1, -1);
  }
  if (has_alpha) {
    png_color_16 white{0, 255, 255, 255, 255};
    png_set_background_fixed(png, &white, PNG_BACKGROUND_GAMMA_SCREEN, 0, PNG_FP_1);
  }
}

bool allocate(PngReader& reader, std::uint32_t width, std::uint32_t height, bool is_interlaced) {
  const std::uint32_t step = is_interlaced ? 1 : reader.reduction;
  const auto out_width = static_cast<int>(std::max(1U, width / step));
  const auto out_height = static_cast<int>(std::max(1U, height / step));
  reader.reduction = step;
  reader.pix.reset(pixCreateNoInit(out_width, out_height, 8));
  if (!reader.pix) return false;
  reader.row.resize(std::size_t{width} + 8);
  if (step > 1) reader.sums.resize(static_cast<std::size_t>(out_width));
  if (!is_interlaced) return true;
  auto* data = reinterpret_cast<png_bytep>(pixGetData(reader.pix.get()));
  const std::size_t pitch = std::size_t{4} * static_cast<std::size_t>(pixGetWpl(reader.pix.get()));
  for (std::uint32_t y = 0; y < height; ++y) reader.rows.push_back(data + y * pitch);
  return true;
}

/// Adds a row to the boxes it belongs to.
void add_row(PngReader& reader) {
  const std::uint32_t step = reader.reduction;
  const png_byte* in = reader.row.data();
  const std::size_t boxes = reader.sums.size();
  for (std::size_t box = 0; box < boxes; ++box) {
    std::uint32_t sum = 0;
    for (std::uint32_t i = 0; i < step; ++i) sum += *in++;
    reader.sums[box] += sum;
  }
}

void write_row(PngReader& reader, png_bytep out) {
  const std::uint32_t count = reader.reduction * reader.reduction;
  for (std::size_t box = 0; box < reader.sums.size(); ++box) {
    out[box] = static_cast<png_byte>((reader.sums[box] + count / 2) / count);
  }
  std::fill(reader.sums.begin(), reader.sums.end(), 0U);
}

void read_sequential(PngReader& reader) {
  auto* data = reinterpret_cast<png_bytep>(pixGetData(reader.pix.get()));
  const std::size_t pitch = std::size_t{4} * static_cast<std::size_t>(pixGetWpl(reader.pix.get()));
  const auto width = static_cast<std::size_t>(pixGetWidth(reader.pix.get()));
  for (int y = 0; y < pixGetHeight(reader.pix.get()); ++y, data += pitch) {
    for (std::uint32_t i = 0; i < reader.reduction; ++i) {
      png_read_row(reader.png, reader.row.data(), nullptr);
      if (reader.reduction > 1) add_row(reader);
    }
    if (reader.reduction > 1) {
      write_row(reader, data);
    } else {
      std::memcpy(data, reader.row.data(), width);
    }
    ++reader.rows_done;
  }
}

enum class End : std::uint8_t { Done, Broken, NoMemory };

End read_rows(PngReader& reader) {
  if (setjmp(png_jmpbuf(reader.png)) != 0) return End::Broken;
  png_set_read_fn(reader.png, &reader, take_bytes);
  png_read_info(reader.png, reader.info);
  make_grey(reader.png, reader.info);
  const bool is_interlaced = png_set_interlace_handling(reader.png) > 1;
  png_read_update_info(reader.png, reader.info);
  const std::uint32_t width = png_get_image_width(reader.png, reader.info);
  const std::uint32_t height = png_get_image_height(reader.png, reader.info);
  if (png_get_rowbytes(reader.png, reader.info) != width) return End::Broken;
  if (!allocate(reader, width, height, is_interlaced)) return End::NoMemory;
  if (is_interlaced) {
    png_read_image(reader.png, reader.rows.data());
  } else {
    read_sequential(reader);
  }
  return End::Done;
}

/// White in the place of the rows that are missing.
void end_early(PngReader& reader) {
  auto* data = reinterpret_cast<png_bytep>(pixGetData(reader.pix.get()));
  const std::size_t pitch = std::size_t{4} * static_cast<std::size_t>(pixGetWpl(reader.pix.get()));
  const auto done = static_cast<std::size_t>(reader.rows_done);
  const auto height = static_cast<std::size_t>(pixGetHeight(reader.pix.get()));
  std::memset(data + done * pitch, 255, (height - done) * pitch);
  library_errors::note_error("a PNG's data are broken or end early");
}

}  // namespace

Result<PixPtr> decode_png(std::string_view file, std::uint32_t reduction) {
  PngReader reader;
  reader.left = file;
  reader.reduction = std::max(1U, reduction);
  reader.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, on_error, on_warning);
  if (reader.png != nullptr) reader.info = png_create_info_struct(reader.png);
  const End end = reader.info == nullptr ? End::NoMemory : read_rows(reader);
  TRY(library_errors::verdict());
  if (end == End::NoMemory) return Error{ErrorKind::OutOfMemory, "no memory for the PNG's picture"};
  if (end == End::Broken && reader.rows_done == 0) {
    return Error{ErrorKind::BadInput, "the PNG cannot be decoded"};
  }
  if (end == End::Broken) end_early(reader);
  pixEndianByteSwap(reader.pix.get());
  return std::move(reader.pix);
}

}  // namespace civicum
