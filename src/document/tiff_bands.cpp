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

#include "document/coded_check.h"
#include "document/library_errors.h"
#include "document/page_raster.h"

namespace civicum {
namespace {

/// One strip may be the whole page: four bytes a pixel.
constexpr std::uint64_t band_pixels_max = 64'000'000;
constexpr int dark_below = 128;

/// Warnings of the decoders are parts that came out wrong; others are odd tags.
bool is_decoder_loss(std::string_view module, std::string_view warning) {
  if (module == "JPEGLib") return true;
  for (const std::string_view sign : {"Premature EO", "Bad code", "Line length mismatch"}) {
    if (warning.find(sign) != std::string_view::npos) return true;
  }
  return false;
}

std::string formatted(const char* format, va_list arguments) {
  std::array<char, 256> message{};
  (void)std::vsnprintf(message.data(), message.size(), format, arguments);
  return message.data();
}

void note_warning(thandle_t, const char* module, const char* format, va_list arguments) {
  const std::string warning = formatted(format, arguments);
  const bool is_loss = is_decoder_loss(module == nullptr ? "" : module, warning);
  is_loss ? library_errors::note_error(warning) : library_errors::note(warning);
}

/// While libtiff looks at a page's directory, and at the next one's as well: what is wrong with a
/// directory is found when its own page is decoded.
bool& is_opening() {
  static bool is_now = false;
  return is_now;
}

void note_failure(thandle_t, const char*, const char* format, va_list arguments) {
  const std::string failure = formatted(format, arguments);
  is_opening() ? library_errors::note(failure) : library_errors::note_error(failure);
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

TiffPtr open_page(MemoryFile& memory, const ImagePageHeader& page) {
  is_opening() = true;
  TiffPtr tiff(TIFFClientOpen("page", "r", &memory, read_bytes, refuse_write, seek, close_nothing,
                              size_of, map_all, unmap_nothing));
  if (tiff && TIFFSetSubDirectory(tiff.get(), page.ifd_offset) == 0) tiff.reset();
  is_opening() = false;
  return tiff;
}

std::uint16_t compression_of(TIFF* tiff) {
  std::uint16_t compression = COMPRESSION_NONE;
  (void)TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &compression);
  return compression;
}

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

/// libtiff has multiplied the channel by alpha.
std::uint32_t over_white(std::uint32_t channel, std::uint32_t alpha) {
  return std::min(255U, channel + 255 - alpha);
}

/// Luminance by ITU-R BT.601.
l_uint8 grey_of(std::uint32_t pixel) {
  const std::uint32_t luminance =
      (TIFFGetR(pixel) * 299 + TIFFGetG(pixel) * 587 + TIFFGetB(pixel) * 114) / 1000;
  return static_cast<l_uint8>(over_white(luminance, TIFFGetA(pixel)));
}

l_uint32 colour_of(std::uint32_t pixel) {
  const std::uint32_t alpha = TIFFGetA(pixel);
  return over_white(TIFFGetR(pixel), alpha) << L_RED_SHIFT |
         over_white(TIFFGetG(pixel), alpha) << L_GREEN_SHIFT |
         over_white(TIFFGetB(pixel), alpha) << L_BLUE_SHIFT;
}

/// Into 8-bit grey or 32-bit colour.
void write_row(Pix* picture, std::uint32_t y, std::span<const std::uint32_t> pixels) {
  l_uint32* line =
      pixGetData(picture) + std::size_t{y} * static_cast<std::size_t>(pixGetWpl(picture));
  if (pixGetDepth(picture) == 32) {
    std::ranges::transform(pixels, line, colour_of);
    return;
  }
  for (std::size_t x = 0; x < pixels.size(); ++x) SET_DATA_BYTE(line, x, grey_of(pixels[x]));
}

Status copy_bands(RgbaImage& image, std::uint32_t rows, Pix* picture) {
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
      write_row(picture, y + row,
                std::span(band).subspan(std::size_t{row} * image.width, image.width));
    }
  }
  return Done{};
}

Result<PixPtr> read_bands(TIFF* tiff, const ImagePageHeader& page, TiffColours colours) {
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
  const bool is_one_bit = page.bits_per_channel * page.channels == 1;
  const int depth = colours == TiffColours::Kept && !is_one_bit ? 32 : 8;
  PixPtr picture(pixCreate(static_cast<int>(image.width), static_cast<int>(image.height), depth));
  if (picture) {
    pixSetBlackOrWhite(picture.get(), L_SET_WHITE);
    TRY(copy_bands(image, rows, picture.get()));
    if (is_one_bit) picture.reset(pixThresholdToBinary(picture.get(), dark_below));
  }
  if (picture) picture = turn(std::move(picture), oriented(page.orientation));
  if (!picture) return Error{ErrorKind::OutOfMemory, "no memory for the TIFF's picture"};
  return picture;
}

}  // namespace

void watch_tiff() {
  TIFFSetErrorHandlerExt(note_failure);
  TIFFSetWarningHandlerExt(note_warning);
}

Result<PixPtr> decode_tiff_bands(std::string_view file, const ImagePageHeader& page,
                                 TiffColours colours) {
  MemoryFile memory{file};
  const TiffPtr tiff = open_page(memory, page);
  if (!tiff) return Error{ErrorKind::Corrupt, "the TIFF page cannot be decoded"};
  const std::uint16_t compression = compression_of(tiff.get());
  if (TIFFIsCODECConfigured(compression) == 0) {
    return Error{ErrorKind::BadInput,
                 "a TIFF with compression " + std::to_string(compression) + " is not read"};
  }
  return read_bands(tiff.get(), page, colours);
}

void check_tiff_checksums(std::string_view file, const ImagePageHeader& page) {
  MemoryFile memory{file};
  const TiffPtr tiff = open_page(memory, page);
  const std::uint16_t compression = tiff ? compression_of(tiff.get()) : COMPRESSION_NONE;
  if (compression != COMPRESSION_DEFLATE && compression != COMPRESSION_ADOBE_DEFLATE) return;
  const bool is_tiled = TIFFIsTiled(tiff.get()) != 0;
  const std::uint32_t parts =
      is_tiled ? TIFFNumberOfTiles(tiff.get()) : TIFFNumberOfStrips(tiff.get());
  const auto size = static_cast<std::uint64_t>(
      std::max<tmsize_t>(0, is_tiled ? TIFFTileSize(tiff.get()) : TIFFStripSize(tiff.get())));
  for (std::uint32_t i = 0; i < parts; ++i) {
    const std::uint64_t offset =
        std::min<std::uint64_t>(TIFFGetStrileOffset(tiff.get(), i), file.size());
    const std::string_view coded = file.substr(offset, TIFFGetStrileByteCount(tiff.get(), i));
    FlateCheck flate(size + 1);
    flate.feed({reinterpret_cast<const unsigned char*>(coded.data()), coded.size()});
    if (!flate.is_sound()) return library_errors::note_error("the TIFF's deflated data are broken");
  }
}

}  // namespace civicum
