// SPDX-License-Identifier: GPL-3.0-or-later
// What an image file says about itself, read before anything is decoded: type, size, depth,
// resolution, pages. Pure and bounded: a looped TIFF directory or a JPEG of a million empty
// segments ends at a named limit.
//
// Sources: PNG (ISO/IEC 15948), JPEG (ITU T.81, JFIF, Exif 2.3), TIFF 6.0. BigTIFF is Unavailable.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace civicum {

enum class ImageType : std::uint8_t { Jpeg, Png, Tiff };

/// By the first bytes (8 are enough).
std::optional<ImageType> image_type_of(std::string_view bytes);

/// Dots per inch as written in the file, across and down; empty where there are none.
struct Resolution {
  double x = 0;
  double y = 0;
};

struct ImagePageHeader {
  std::uint32_t width_px = 0;
  std::uint32_t height_px = 0;
  std::uint32_t bits_per_channel = 8;
  std::uint32_t channels = 1;
  std::optional<Resolution> resolution;
  std::uint16_t orientation = 1;  ///< Exif's and TIFF's 1…8
  double samples_per_pixel = 1;   ///< JPEG: colour may be sampled more coarsely
  bool is_interlaced = false;     ///< PNG; of JPEG: progressive
  std::uint32_t ifd_offset = 0;   ///< TIFF: where the page's directory lies
};

/// False of a TIFF's directory that names no size: a page that is lost.
bool has_area(const ImagePageHeader& page);

struct ImageHeader {
  ImageType type = ImageType::Jpeg;
  std::vector<ImagePageHeader> pages;
  std::string
      break_off;  ///< TIFF: why pages behind these cannot be found; empty where all are here
};

inline constexpr std::size_t tiff_pages_max = 10'000;
inline constexpr std::size_t tiff_entries_max = 4096;
inline constexpr std::size_t jpeg_segments_max = 4096;
inline constexpr std::size_t png_chunks_max = 4096;

/// `bytes` is the whole file (mapped). BadInput: no image; Corrupt: broken; TooLarge: over a limit
/// above; Unavailable: a kind that is not read. Of a TIFF whose list of directories breaks off, the
/// pages before that, and `break_off`.
Result<ImageHeader> read_image_header(std::string_view bytes);

}  // namespace civicum
