// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/image_pages.h"

#include <allheaders.h>
#include <fmt/format.h>

#include <array>
#include <bit>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "document/bitmap.h"
#include "document/byte_reader.h"
#include "document/coded_image.h"
#include "document/image_scale.h"
#include "document/layer_font.h"
#include "document/placement.h"
#include "document/tiff_bands.h"

namespace civicum {
namespace {

using Object = QPDFObjectHandle;

Object name(const std::string& text) { return Object::newName(text); }
Object integer(std::uint64_t value) { return Object::newInteger(static_cast<long long>(value)); }

/// Exif's and TIFF's 1 … 8, as in the record.
using Orientation = std::uint16_t;
constexpr Orientation upright = 1;

/// An image XObject, and what is left to do to see it upright.
struct PageImage {
  Object object;
  Orientation orientation = upright;
};

using Slices = std::vector<std::string_view>;

/// A stream whose bytes are read from the file when it is written.
Object new_borrowed_stream(QPDF& pdf, Slices slices, const Object& filter, const Object& parms) {
  Object stream = Object::newStream(&pdf);
  const auto provide = [slices = std::move(slices)](Pipeline* out) {
    for (const std::string_view slice : slices) {
      out->write(reinterpret_cast<const unsigned char*>(slice.data()), slice.size());
    }
    out->finish();
  };
  stream.replaceStreamData(provide, filter, parms);
  return stream;
}

void describe_image(Object image, PixelSize size, const std::string& colours, std::uint32_t bits) {
  Object dict = image.getDict();
  dict.replaceKey("/Type", name("/XObject"));
  dict.replaceKey("/Subtype", name("/Image"));
  dict.replaceKey("/Width", integer(size.width));
  dict.replaceKey("/Height", integer(size.height));
  dict.replaceKey("/ColorSpace", name(colours));
  dict.replaceKey("/BitsPerComponent", integer(bits));
}

std::string colours_of(std::uint32_t channels) {
  return channels == 4 ? "/DeviceCMYK" : channels == 3 ? "/DeviceRGB" : "/DeviceGray";
}

/// True where Adobe's segment stands before the scan: its CMYK is written inverted.
bool has_adobe_segment(std::string_view jpeg) {
  const ByteReader file(jpeg, Endian::Big);
  std::size_t at = 2;
  for (std::size_t segment = 0; segment < jpeg_segments_max && at + 4 <= file.size(); ++segment) {
    if (file.u8(at) != 0xFF || file.u8(at + 1) == 0xDA) return false;
    if (file.u8(at + 1) == 0xEE && file.text(at + 4, 5) == "Adobe") return true;
    at += 2 + std::size_t{file.u16(at + 2)};
  }
  return false;
}

Result<PageImage> embed_jpeg(QPDF& pdf, std::string_view file, const ImagePageHeader& page) {
  if (page.bits_per_channel != 8 || page.channels == 2 || page.channels > 4) {
    return Error{ErrorKind::Unavailable, "a JPEG of this kind does not fit into a PDF"};
  }
  Object image = new_borrowed_stream(pdf, {file}, name("/DCTDecode"), Object::newNull());
  describe_image(image, {page.width_px, page.height_px}, colours_of(page.channels), 8);
  if (page.channels == 4 && has_adobe_segment(file)) {
    image.getDict().replaceKey("/Decode", Object::parse("[1 0 1 0 1 0 1 0]"));
  }
  return PageImage{image, page.orientation};
}

// PNG.

struct PngParts {
  Slices data;
  std::string_view palette;
  bool is_transparent = false;
};

PngParts png_parts(std::string_view png) {
  const ByteReader file(png, Endian::Big);
  PngParts parts;
  for (std::size_t at = 8; at + 12 <= file.size();) {
    const std::string_view tag = file.text(at + 4, 4);
    const std::string_view body = file.text(at + 8, file.u32(at));
    if (tag == "IDAT") parts.data.push_back(body);
    if (tag == "PLTE") parts.palette = body;
    if (tag == "tRNS") parts.is_transparent = true;
    if (tag == "IEND") break;
    at += std::size_t{file.u32(at)} + 12;
  }
  return parts;
}

constexpr std::size_t png_colour_type_at = 25;
constexpr std::uint8_t png_palette_type = 3;

/// Empty where the bytes cannot stay.
std::optional<PageImage> embed_png(QPDF& pdf, std::string_view file, const ImagePageHeader& page) {
  PngParts parts = png_parts(file);
  const auto colour_type = static_cast<std::uint8_t>(file[png_colour_type_at]);
  const bool has_alpha = colour_type >= 4 || parts.is_transparent;
  if (page.is_interlaced || has_alpha || parts.data.empty()) return std::nullopt;
  const bool is_sound = page.bits_per_channel <= 16 && std::has_single_bit(page.bits_per_channel);
  if (!is_sound) return std::nullopt;
  const bool has_palette = colour_type == png_palette_type;
  if (has_palette && (parts.palette.size() < 3 || parts.palette.size() > 768)) return std::nullopt;
  Object parms = Object::newDictionary();
  parms.replaceKey("/Predictor", integer(15));
  parms.replaceKey("/Colors", integer(page.channels));
  parms.replaceKey("/BitsPerComponent", integer(page.bits_per_channel));
  parms.replaceKey("/Columns", integer(page.width_px));
  Object image = new_borrowed_stream(pdf, std::move(parts.data), name("/FlateDecode"), parms);
  describe_image(image, {page.width_px, page.height_px}, colours_of(page.channels),
                 page.bits_per_channel);
  if (has_palette) {
    image.getDict().replaceKey("/ColorSpace",
                               Object::newArray({name("/Indexed"), name("/DeviceRGB"),
                                                 integer(parts.palette.size() / 3 - 1),
                                                 Object::newString(std::string(parts.palette))}));
  }
  return PageImage{image, upright};
}

// TIFF.

enum class TiffTag : std::uint16_t {
  Compression = 259,
  Photometric = 262,
  FillOrder = 266,
  StripOffsets = 273,
  StripSizes = 279,
  Group3Options = 292,
};

class TiffDirectory {
 public:
  TiffDirectory(std::string_view tiff, std::uint32_t offset)
      : file_(tiff, tiff[0] == 'I' ? Endian::Little : Endian::Big), offset_(offset) {}

  std::string_view text(std::size_t at, std::size_t size) const { return file_.text(at, size); }

  /// The single integer of a tag; empty where it is absent or has several.
  std::optional<std::uint32_t> value(TiffTag tag) const {
    for (std::size_t i = 0; i < file_.u16(offset_) && i < tiff_entries_max; ++i) {
      const std::size_t entry = offset_ + 2 + i * 12;
      if (file_.u16(entry) != static_cast<std::uint16_t>(tag)) continue;
      if (file_.u32(entry + 4) != 1) return std::nullopt;
      return file_.u16(entry + 2) == 3 ? file_.u16(entry + 8) : file_.u32(entry + 8);
    }
    return std::nullopt;
  }

 private:
  ByteReader file_;
  std::size_t offset_;
};

/// Empty where the page is not one strip of fax code.
std::optional<PageImage> embed_fax(QPDF& pdf, std::string_view file, const ImagePageHeader& page) {
  constexpr std::uint32_t group3 = 3;
  constexpr std::uint32_t group4 = 4;
  const TiffDirectory directory(file, page.ifd_offset);
  const std::uint32_t compression = directory.value(TiffTag::Compression).value_or(0);
  const auto offset = directory.value(TiffTag::StripOffsets);
  const auto size = directory.value(TiffTag::StripSizes);
  const bool is_fax = compression == group3 || compression == group4;
  if (!is_fax || page.bits_per_channel != 1 || page.channels != 1 || !offset || !size ||
      directory.value(TiffTag::FillOrder).value_or(1) != 1) {
    return std::nullopt;
  }
  const std::string_view coded = directory.text(*offset, *size);
  if (coded.empty() || coded.size() != *size) return std::nullopt;
  const std::uint32_t options = directory.value(TiffTag::Group3Options).value_or(0);
  const int k = compression == group4 ? -1 : static_cast<int>(options & 1U);
  Object parms = Object::newDictionary();
  parms.replaceKey("/K", Object::newInteger(k));
  parms.replaceKey("/Columns", integer(page.width_px));
  parms.replaceKey("/Rows", integer(page.height_px));
  if (compression == group3 && (options & 4U) != 0) {
    parms.replaceKey("/EncodedByteAlign", Object::newBool(true));
  }
  constexpr std::uint32_t black_is_zero = 1;
  if (directory.value(TiffTag::Photometric).value_or(0) == black_is_zero) {
    parms.replaceKey("/BlackIs1", Object::newBool(true));
  }
  Object image = new_borrowed_stream(pdf, {coded}, name("/CCITTFaxDecode"), parms);
  describe_image(image, {page.width_px, page.height_px}, "/DeviceGray", 1);
  return PageImage{image, page.orientation};
}

// What has to be decoded.

/// Rows of a 1-bit or 8-bit picture, on whole bytes.
void append_row(std::string& samples, const l_uint32* row, std::size_t size) {
  for (std::size_t x = 0; x < size; ++x) samples += static_cast<char>(GET_DATA_BYTE(row, x));
}

/// Some bytes of each 32-bit pixel; red is the highest.
void append_channels(std::string& samples, std::span<const l_uint32> row,
                     std::span<const int> channels) {
  for (const l_uint32 pixel : row) {
    for (const int channel : channels) samples += static_cast<char>(pixel >> (8 * (3 - channel)));
  }
}

// Pix by its accessors: from Leptonica 1.84 on its members are not in the public headers.
PixelSize size_of(Pix& pix) {
  return {static_cast<std::uint32_t>(pixGetWidth(&pix)),
          static_cast<std::uint32_t>(pixGetHeight(&pix))};
}

/// Samples row by row; `channels` counts for 32-bit pixels.
std::string samples_of(Pix& pix, std::span<const int> channels) {
  const std::size_t width = size_of(pix).width;
  const std::size_t height = size_of(pix).height;
  const int depth = pixGetDepth(&pix);
  const std::size_t row_size = depth == 1 ? (width + 7) / 8 : width;
  std::string samples;
  samples.reserve((depth == 32 ? width * channels.size() : row_size) * height);
  for (std::size_t y = 0; y < height; ++y) {
    const l_uint32* row = pixGetData(&pix) + y * static_cast<std::size_t>(pixGetWpl(&pix));
    if (depth == 32) {
      append_channels(samples, {row, width}, channels);
    } else {
      append_row(samples, row, row_size);
    }
  }
  return samples;
}

/// 1-bit without a palette, 8-bit grey or 32-bit colour.
PixPtr plain_pix(PixPtr pix) {
  if (pixGetColormap(pix.get()) != nullptr) {
    pix.reset(pixRemoveColormap(pix.get(), REMOVE_CMAP_BASED_ON_SRC));
  }
  const int depth = pix ? pixGetDepth(pix.get()) : 0;
  if (!pix || depth == 1 || depth == 8 || depth == 32) return pix;
  return PixPtr(depth == 24 ? pixConvert24To32(pix.get()) : pixConvertTo8(pix.get(), 0));
}

Object new_picture(QPDF& pdf, Pix& pix) {
  constexpr std::array<int, 3> colours = {COLOR_RED, COLOR_GREEN, COLOR_BLUE};
  constexpr std::array<int, 1> grey = {COLOR_RED};
  const bool is_colour = pixGetDepth(&pix) == 32;
  const bool is_bilevel = pixGetDepth(&pix) == 1;
  Object image =
      new_flate_stream(pdf, is_colour ? samples_of(pix, colours) : samples_of(pix, grey));
  describe_image(image, size_of(pix), is_colour ? "/DeviceRGB" : "/DeviceGray", is_bilevel ? 1 : 8);
  if (is_bilevel) image.getDict().replaceKey("/Decode", Object::parse("[1 0]"));
  if (is_colour && pixGetSpp(&pix) == 4) {
    constexpr std::array<int, 1> alpha = {L_ALPHA_CHANNEL};
    Object mask = new_flate_stream(pdf, samples_of(pix, alpha));
    describe_image(mask, size_of(pix), "/DeviceGray", 8);
    image.getDict().replaceKey("/SMask", mask);
  }
  return image;
}

Result<PageImage> decode_and_embed(QPDF& pdf, std::string_view file, ImageType type,
                                   const ImagePageHeader& page) {
  if (std::uint64_t{page.width_px} * page.height_px > layer_decoded_pixels_max) {
    return Error{ErrorKind::TooLarge, "the picture has too many pixels to be coded again"};
  }
  const auto* data = reinterpret_cast<const l_uint8*>(file.data());
  std::size_t offset = page.ifd_offset;
  PixPtr pix(type == ImageType::Png ? pixReadMemPng(data, file.size())
                                    : pixReadMemFromMultipageTiff(data, file.size(), &offset));
  if (!pix && type == ImageType::Tiff) {
    pix = TRY(decode_tiff_bands(file, page, TiffColours::Kept));
  }
  if (pix) pix = plain_pix(std::move(pix));
  if (!pix) return Error{ErrorKind::Corrupt, "the picture cannot be decoded"};
  // A TIFF page has been turned already.
  return PageImage{new_picture(pdf, *pix), upright};
}

Result<PageImage> embed_page(QPDF& pdf, std::string_view file, ImageType type,
                             const ImagePageHeader& page) {
  if (!has_area(page)) return Error{ErrorKind::Corrupt, "the picture has no size"};
  if (type == ImageType::Jpeg) return embed_jpeg(pdf, file, page);
  std::optional<PageImage> whole =
      type == ImageType::Png ? embed_png(pdf, file, page) : embed_fax(pdf, file, page);
  if (whole) return *std::move(whole);
  return decode_and_embed(pdf, file, type, page);
}

/// Orientation is a turn clockwise, then a mirror; a page's /Rotate comes after its content, so
/// the mirror is drawn along the other axis where the turn lays the page on its side.
std::string place_image(const PageImage& image, double width, double height) {
  const ImagePlacement placement = oriented(image.orientation);
  const bool is_sideways = placement.turned % 180 != 0;
  if (!placement.is_mirrored) {
    return fmt::format("q {:.4f} 0 0 {:.4f} 0 0 cm /Im0 Do Q\n", width, height);
  }
  if (is_sideways) {
    return fmt::format("q {0:.4f} 0 0 -{1:.4f} 0 {1:.4f} cm /Im0 Do Q\n", width, height);
  }
  return fmt::format("q -{0:.4f} 0 0 {1:.4f} {0:.4f} 0 cm /Im0 Do Q\n", width, height);
}

Object new_page(QPDF& pdf, const PageImage& image, const ImagePageHeader& header) {
  const Resolution dpi = image_scale(header).record;
  double width = header.width_px * 72 / dpi.x;
  double height = header.height_px * 72 / dpi.y;
  if (header.orientation >= 5 && image.orientation == upright) std::swap(width, height);
  Object page = Object::parse("<< /Type /Page /Resources << /XObject << >> >> >>");
  page.replaceKey("/MediaBox", Object::parse(fmt::format("[0 0 {:.4f} {:.4f}]", width, height)));
  page.replaceKey("/Rotate", Object::newInteger(oriented(image.orientation).turned));
  page.getKey("/Resources").getKey("/XObject").replaceKey("/Im0", image.object);
  page.replaceKey("/Contents", Object::newStream(&pdf, place_image(image, width, height)));
  return pdf.makeIndirectObject(page);
}

}  // namespace

Object blank_page(QPDF& pdf) {
  return pdf.makeIndirectObject(
      Object::parse("<< /Type /Page /MediaBox [0 0 595 842] /Resources << >> >>"));
}

Status add_image_pages(QPDF& pdf, std::string_view file, const ImageHeader& header) {
  QPDFPageDocumentHelper pages(pdf);
  // What is lost is a gap of the record; the pages behind it keep their numbers.
  for (const ImagePageHeader& page : header.pages) {
    const Result<PageImage> image = embed_page(pdf, file, header.type, page);
    const bool is_lost = !image && image.error().kind == ErrorKind::Corrupt;
    if (!image && !is_lost) return image.error();
    pages.addPage(is_lost ? blank_page(pdf) : new_page(pdf, *image, page), false);
  }
  return Done{};
}

}  // namespace civicum
