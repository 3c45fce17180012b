// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/tiff_bands.h"

#include <tiffio.h>

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "document/library_errors.h"
#include "document/page_raster.h"

namespace civicum {
namespace {

/// One strip may be the whole page: four bytes a pixel.
constexpr std::uint64_t band_pixels_max = 64'000'000;
constexpr int dark_below = 128;

/// Warnings of the fax decoders are rows that came out wrong; others are odd tags.
bool is_tiff_loss(std::string_view message) {
  for (const std::string_view sign : {"Premature EO", "Bad code", "Line length mismatch"}) {
    if (message.find(sign) != std::string_view::npos) return true;
  }
  return false;
}

void note_tiff(thandle_t, const char*, const char* format, va_list arguments) {
  std::array<char, 256> message{};
  (void)std::vsnprintf(message.data(), message.size(), format, arguments);
  const std::string_view text(message.data());
  is_tiff_loss(text) ? library_errors::note_error(text) : library_errors::note(text);
}

/// The mapped file as libtiff reads files.
struct MemoryFile {
  std::string_view bytes;
  std::size_t at = 0;
};

MemoryFile& file_of(thandle_t handle) { return *static_cast<MemoryFile*>(handle); }

tmsize_t read_bytes(thandle_t handle, void* out, tmsize_t size) {
  MemoryFile& file = file_of(handle);
  if (size <= 0 || file.at >= file.bytes.size()) return 0;
  const std::size_t count = std::min(static_cast<std::size_t>(size), file.bytes.size() - file.at);
  std::memcpy(out, file.bytes.data() + file.at, count);
  file.at += count;
  return static_cast<tmsize_t>(count);
}

tmsize_t refuse_write(thandle_t, void*, tmsize_t) { return -1; }

toff_t seek(thandle_t handle, toff_t offset, int whence) {
  MemoryFile& file = file_of(handle);
  const std::size_t base = whence == SEEK_CUR   ? file.at
                           : whence == SEEK_END ? file.bytes.size()
                                                : 0;
  file.at = base + static_cast<std::size_t>(offset);
  return file.at;
}

int close_nothing(thandle_t) { return 0; }
toff_t size_of(thandle_t handle) { return file_of(handle).bytes.size(); }

int map_all(thandle_t handle, void** base, toff_t* size) {
  *base = const_cast<char*>(file_of(handle).bytes.data());  // libtiff only reads it: mode "r"
  *size = file_of(handle).bytes.size();
  return 1;
}

void unmap_nothing(thandle_t, void*, toff_t) {}

struct TiffCloser {
  void operator()(TIFF* tiff) const { TIFFClose(tiff); }
};
using TiffPtr = std::unique_ptr<TIFF, TiffCloser>;

/// Must be ended by TIFFRGBAImageEnd once it has begun.
struct RgbaImage : TIFFRGBAImage {
  RgbaImage() : TIFFRGBAImage{} {}
  RgbaImage(const RgbaImage&) = delete;
  RgbaImage& operator=(const RgbaImage&) = delete;
  ~RgbaImage() {
    if (has_begun) TIFFRGBAImageEnd(this);
  }
  bool has_begun = false;
};

/// Rows that libtiff decodes together.
std::uint32_t band_rows(TIFF* tiff, std::uint32_t height) {
  std::uint32_t rows = 0;
  if (TIFFIsTiled(tiff) != 0) {
    (void)TIFFGetField(tiff, TIFFTAG_TILELENGTH, &rows);
  } else {
    (void)TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &rows);
  }
  return std::clamp(rows, 1U, height);
}

/// Luminance by ITU-R BT.601, over white where a pixel is transparent.
l_uint8 grey_of(std::uint32_t pixel) {
  const std::uint32_t luminance =
      (TIFFGetR(pixel) * 299 + TIFFGetG(pixel) * 587 + TIFFGetB(pixel) * 114) / 1000;
  return static_cast<l_uint8>(std::min(255U, luminance + 255 - TIFFGetA(pixel)));
}

void write_row(Pix* grey, std::uint32_t y, std::span<const std::uint32_t> pixels) {
  l_uint32* line = pixGetData(grey) + std::size_t{y} * static_cast<std::size_t>(pixGetWpl(grey));
  for (std::size_t x = 0; x < pixels.size(); ++x) SET_DATA_BYTE(line, x, grey_of(pixels[x]));
}

Status copy_bands(RgbaImage& image, std::uint32_t rows, Pix* grey) {
  std::vector<std::uint32_t> band(std::size_t{image.width} * rows);
  for (std::uint32_t y = 0; y < image.height; y += rows) {
    const std::uint32_t count = std::min(rows, image.height - y);
    image.row_offset = static_cast<int>(y);
    const bool is_read = TIFFRGBAImageGet(&image, band.data(), image.width, count) != 0;
    if (!is_read && y == 0) return Error{ErrorKind::Corrupt, "the TIFF page cannot be decoded"};
    if (!is_read) {
      library_errors::note_error("the TIFF's data end early");
      return Done{};
    }
    for (std::uint32_t row = 0; row < count; ++row) {
      write_row(grey, y + row,
                std::span(band).subspan(std::size_t{row} * image.width, image.width));
    }
  }
  return Done{};
}

Result<PixPtr> read_bands(TIFF* tiff, const ImagePageHeader& page) {
  std::array<char, 1024> refusal{};
  if (TIFFRGBAImageOK(tiff, refusal.data()) == 0) {
    return Error{ErrorKind::BadInput,
                 "a TIFF of this kind is not read: " + std::string(refusal.data())};
  }
  RgbaImage image;
  image.has_begun = TIFFRGBAImageBegin(&image, tiff, 0, refusal.data()) != 0;
  if (!image.has_begun) return Error{ErrorKind::Corrupt, refusal.data()};
  if (image.width != page.width_px || image.height != page.height_px) {
    return Error{ErrorKind::Corrupt, "the TIFF's directory contradicts itself"};
  }
  image.req_orientation = image.orientation;
  const std::uint32_t rows = band_rows(tiff, image.height);
  if (std::uint64_t{rows} * image.width > band_pixels_max) {
    return Error{ErrorKind::TooLarge, "a strip of the TIFF has more than 64 million pixels"};
  }
  PixPtr grey(pixCreate(static_cast<int>(image.width), static_cast<int>(image.height), 8));
  if (grey) {
    pixSetBlackOrWhite(grey.get(), L_SET_WHITE);
    TRY(copy_bands(image, rows, grey.get()));
    const bool is_one_bit = page.bits_per_channel * page.channels == 1;
    if (is_one_bit) grey.reset(pixThresholdToBinary(grey.get(), dark_below));
  }
  if (grey) grey = turn(std::move(grey), oriented(page.orientation));
  if (!grey) return Error{ErrorKind::OutOfMemory, "no memory for the TIFF's picture"};
  return grey;
}

}  // namespace

void watch_tiff() {
  TIFFSetErrorHandlerExt(note_tiff);
  TIFFSetWarningHandlerExt(note_tiff);
}

Result<PixPtr> decode_tiff_bands(std::string_view file, const ImagePageHeader& page) {
  MemoryFile memory{file};
  const TiffPtr tiff(TIFFClientOpen("page", "r", &memory, read_bytes, refuse_write, seek,
                                    close_nothing, size_of, map_all, unmap_nothing));
  if (!tiff || TIFFSetSubDirectory(tiff.get(), page.ifd_offset) == 0) {
    return Error{ErrorKind::Corrupt, "the TIFF page cannot be decoded"};
  }
  std::uint16_t compression = COMPRESSION_NONE;
  (void)TIFFGetFieldDefaulted(tiff.get(), TIFFTAG_COMPRESSION, &compression);
  if (TIFFIsCODECConfigured(compression) == 0) {
    return Error{ErrorKind::BadInput,
                 "a TIFF with compression " + std::to_string(compression) + " is not read"};
  }
  return read_bands(tiff.get(), page);
}

}  // namespace civicum
