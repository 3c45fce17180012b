// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/image_header.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "document/byte_reader.h"

namespace civicum {
namespace {

constexpr double inches_per_metre = 39.3701;
constexpr double cm_per_inch = 2.54;

Error corrupt(std::string what) { return Error{ErrorKind::Corrupt, std::move(what)}; }

std::optional<Resolution> resolution_of(double x, double y) {
  if (!(x > 0 && y > 0)) return std::nullopt;
  // Written per metre, 200 dpi is 199.9996.
  const auto rounded = [](double dpi) { return std::round(dpi * 100) / 100; };
  return Resolution{rounded(x), rounded(y)};
}

// TIFF: a directory is a count, entries of 12 bytes (tag, type, count, value or offset), and the
// offset of the next directory.

constexpr std::uint16_t tag_width = 256;
constexpr std::uint16_t tag_height = 257;
constexpr std::uint16_t tag_bits = 258;
constexpr std::uint16_t tag_orientation = 274;
constexpr std::uint16_t tag_channels = 277;
constexpr std::uint16_t tag_x_resolution = 282;
constexpr std::uint16_t tag_y_resolution = 283;
constexpr std::uint16_t tag_resolution_unit = 296;

struct Directory {
  ImagePageHeader page;
  double x_resolution = 0;
  double y_resolution = 0;
  std::uint32_t resolution_unit = 2;  ///< 2: inch, 3: centimetre
  std::uint32_t next = 0;
};

double rational(const ByteReader& file, std::size_t at) {
  const double over = file.u32(at);
  const double under = file.u32(at + 4);
  return under > 0 ? over / under : 0;
}

/// The first value of an entry of 16- or 32-bit integers.
std::uint32_t integer(const ByteReader& file, std::size_t entry) {
  const std::uint16_t type = file.u16(entry + 2);
  const std::uint32_t count = file.u32(entry + 4);
  if (type == 1) return file.u8(entry + 8);
  if (type == 3) return count <= 2 ? file.u16(entry + 8) : file.u16(file.u32(entry + 8));
  return count <= 1 ? file.u32(entry + 8) : file.u32(file.u32(entry + 8));
}

void read_entry(const ByteReader& file, std::size_t entry, Directory& directory) {
  ImagePageHeader& page = directory.page;
  switch (file.u16(entry)) {
    case tag_width:
      page.width_px = integer(file, entry);
      break;
    case tag_height:
      page.height_px = integer(file, entry);
      break;
    case tag_bits:
      page.bits_per_channel = std::min(integer(file, entry), 64U);
      break;
    case tag_channels:
      page.channels = std::clamp(integer(file, entry), 1U, 64U);
      break;
    case tag_orientation:
      page.orientation = static_cast<std::uint16_t>(std::min(integer(file, entry), 9U));
      break;
    case tag_x_resolution:
      directory.x_resolution = rational(file, file.u32(entry + 8));
      break;
    case tag_y_resolution:
      directory.y_resolution = rational(file, file.u32(entry + 8));
      break;
    case tag_resolution_unit:
      directory.resolution_unit = integer(file, entry);
      break;
    default:
      break;
  }
}

Result<Directory> read_directory(const ByteReader& file, std::uint32_t offset) {
  Directory directory;
  directory.page.bits_per_channel = 1;
  directory.page.ifd_offset = offset;
  const std::uint16_t count = file.u16(offset);
  const std::size_t end = std::size_t{offset} + 2 + std::size_t{count} * 12;
  if (offset < 8 || count == 0 || end + 4 > file.size())
    return corrupt("a TIFF directory is cut off");
  if (count > tiff_entries_max) return Error{ErrorKind::TooLarge, "a TIFF directory is too long"};
  for (std::uint16_t i = 0; i < count; ++i) {
    read_entry(file, std::size_t{offset} + 2 + std::size_t{i} * 12, directory);
  }
  directory.next = file.u32(end);
  ImagePageHeader& page = directory.page;
  if (page.orientation < 1 || page.orientation > 8) page.orientation = 1;
  const double unit = directory.resolution_unit == 3 ? cm_per_inch : 1;
  if (directory.resolution_unit == 2 || directory.resolution_unit == 3) {
    page.resolution = resolution_of(directory.x_resolution * unit, directory.y_resolution * unit);
  }
  return directory;
}

Result<ImageHeader> read_tiff(std::string_view bytes) {
  const ByteReader file(bytes, bytes[0] == 'I' ? Endian::Little : Endian::Big);
  if (file.u16(2) == 43) return Error{ErrorKind::Unavailable, "BigTIFF is not read"};
  ImageHeader header{ImageType::Tiff, {}, {}};
  std::set<std::uint32_t> seen;
  for (std::uint32_t offset = file.u32(4); offset != 0;) {
    if (!seen.insert(offset).second) {
      header.break_off = "the TIFF's list of pages runs in a circle";
      break;
    }
    const Result<Directory> directory = read_directory(file, offset);
    if (!directory && header.pages.empty()) return directory.error();
    if (!directory) {
      header.break_off = directory.error().what;
      break;
    }
    header.pages.push_back(directory->page);
    if (header.pages.size() > tiff_pages_max) {
      return Error{ErrorKind::TooLarge,
                   "more than " + std::to_string(tiff_pages_max) + " TIFF pages"};
    }
    offset = directory->next;
  }
  if (std::ranges::none_of(header.pages, has_area)) return corrupt("the TIFF has no picture");
  return header;
}

// JPEG: segments of a marker, a size and a body, up to the start of the scan.

constexpr std::uint8_t marker_app0 = 0xE0;
constexpr std::uint8_t marker_app1 = 0xE1;
constexpr std::uint8_t marker_sos = 0xDA;
constexpr std::uint8_t marker_eoi = 0xD9;

bool is_frame(std::uint8_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

bool is_bare(std::uint8_t marker) { return marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8); }

void read_jfif(const ByteReader& file, std::size_t body, ImagePageHeader& page) {
  if (file.text(body, 5) != std::string_view("JFIF\0", 5)) return;
  const std::uint8_t unit = file.u8(body + 7);
  const double per_inch = unit == 2 ? cm_per_inch : 1;
  if (unit == 1 || unit == 2) {
    page.resolution = resolution_of(file.u16(body + 8) * per_inch, file.u16(body + 10) * per_inch);
  }
}

void read_exif(std::string_view segment, ImagePageHeader& page) {
  if (!segment.starts_with(std::string_view("Exif\0\0", 6))) return;
  const std::string_view tiff = segment.substr(6);
  if (image_type_of(tiff) != ImageType::Tiff) return;
  const ByteReader exif(tiff, tiff[0] == 'I' ? Endian::Little : Endian::Big);
  const Result<Directory> directory = read_directory(exif, exif.u32(4));
  if (!directory) return;
  page.orientation = directory->page.orientation;
  if (!page.resolution) page.resolution = directory->page.resolution;
}

/// Of a frame's components, each sampled so often across and down (T.81 §B.2.2).
double samples_per_pixel(const ByteReader& file, std::size_t frame) {
  constexpr std::size_t components_at = 8;
  const std::size_t count = std::min<std::size_t>(4, file.u8(frame + 7));
  double samples = 0;
  int across = 1;
  int down = 1;
  for (std::size_t i = 0; i < count; ++i) {
    const int factors = file.u8(frame + components_at + 3 * i + 1);
    samples += (factors >> 4) * (factors & 15);
    across = std::max(across, factors >> 4);
    down = std::max(down, factors & 15);
  }
  return std::max(1.0, samples / (across * down));
}

Result<ImageHeader> read_jpeg(std::string_view bytes) {
  const ByteReader file(bytes, Endian::Big);
  ImagePageHeader page;
  std::size_t at = 2;
  for (std::size_t segments = 0; segments < jpeg_segments_max; ++segments) {
    while (at < file.size() && file.u8(at) != 0xFF) ++at;
    while (at < file.size() && file.u8(at) == 0xFF) ++at;
    if (at + 3 > file.size()) return corrupt("the JPEG ends before its picture");
    const std::uint8_t marker = file.u8(at++);
    if (is_bare(marker)) continue;
    if (marker == marker_sos || marker == marker_eoi) return corrupt("the JPEG has no frame");
    const std::size_t size = file.u16(at);
    if (size < 2) return corrupt("a JPEG segment has no size");
    if (is_frame(marker)) {
      page.bits_per_channel = file.u8(at + 2);
      page.height_px = file.u16(at + 3);
      page.width_px = file.u16(at + 5);
      page.channels = file.u8(at + 7);
      page.samples_per_pixel = samples_per_pixel(file, at);
      page.is_interlaced = marker == 0xC2 || marker == 0xC6 || marker == 0xCA || marker == 0xCE;
      if (page.width_px == 0 || page.height_px == 0) return corrupt("the JPEG has no area");
      return ImageHeader{ImageType::Jpeg, {page}, {}};
    }
    if (marker == marker_app0) read_jfif(file, at + 2, page);
    if (marker == marker_app1) read_exif(file.text(at + 2, size - 2), page);
    at += size;
  }
  return Error{ErrorKind::TooLarge, "too many JPEG segments before the picture"};
}

// PNG: chunks of a size, a name, a body and a checksum; the first is IHDR.

constexpr std::size_t png_signature_size = 8;

std::uint32_t png_channels(std::uint8_t colour_type) {
  switch (colour_type) {
    case 2:
      return 3;
    case 4:
      return 2;
    case 6:
      return 4;
    default:
      return 1;
  }
}

Result<ImageHeader> read_png(std::string_view bytes) {
  const ByteReader file(bytes, Endian::Big);
  if (file.text(12, 4) != "IHDR" || file.size() < 33) return corrupt("the PNG has no header");
  ImagePageHeader page;
  page.width_px = file.u32(16);
  page.height_px = file.u32(20);
  page.bits_per_channel = file.u8(24);
  page.channels = png_channels(file.u8(25));
  page.is_interlaced = file.u8(28) != 0;
  constexpr std::uint32_t side_max = 0x7FFFFFFF;
  if (page.width_px == 0 || page.height_px == 0 || page.width_px > side_max ||
      page.height_px > side_max) {
    return corrupt("the PNG has no area");
  }
  std::size_t at = png_signature_size;
  for (std::size_t chunk = 0; chunk < png_chunks_max && at + 12 <= file.size(); ++chunk) {
    const std::string_view name = file.text(at + 4, 4);
    if (name == "IDAT") break;
    if (name == "pHYs" && file.u8(at + 16) == 1) {
      page.resolution =
          resolution_of(file.u32(at + 8) / inches_per_metre, file.u32(at + 12) / inches_per_metre);
    }
    at += std::size_t{file.u32(at)} + 12;
  }
  return ImageHeader{ImageType::Png, {page}, {}};
}

}  // namespace

bool has_area(const ImagePageHeader& page) { return page.width_px > 0 && page.height_px > 0; }

std::optional<ImageType> image_type_of(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xD8\xFF")) return ImageType::Jpeg;
  if (bytes.starts_with("\x89PNG\r\n\x1A\n")) return ImageType::Png;
  for (const std::string_view magic :
       {std::string_view("II*\0", 4), std::string_view("MM\0*", 4), std::string_view("II+\0", 4),
        std::string_view("MM\0+", 4)}) {
    if (bytes.starts_with(magic) && bytes.size() >= 8) return ImageType::Tiff;
  }
  return std::nullopt;
}

Result<ImageHeader> read_image_header(std::string_view bytes) {
  const std::optional<ImageType> type = image_type_of(bytes);
  if (!type) return Error{ErrorKind::BadInput, "not a JPEG, PNG or TIFF"};
  switch (*type) {
    case ImageType::Jpeg:
      return read_jpeg(bytes);
    case ImageType::Png:
      return read_png(bytes);
    case ImageType::Tiff:
      break;
  }
  return read_tiff(bytes);
}

}  // namespace civicum
