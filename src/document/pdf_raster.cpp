// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/pdf_raster.h"

#include <cstdint>
#include <span>
#include <string>

#include "document/coded_check.h"
#include "document/coded_image.h"
#include "document/image_header.h"
#include "document/library_errors.h"
#include "document/pdf_image.h"

namespace civicum {
namespace {

/// Pictures beyond this are not decoded a second time for a check.
constexpr std::uint64_t checked_bytes_max = std::uint64_t{256} << 20;
constexpr std::size_t checked_pictures_max = 256;
/// Deflated data of small pictures may be this much longer than they need to be.
constexpr std::uint64_t flate_slack = 16384;

int bits_of(const GfxImageColorMap& colors) { return colors.getBits() * colors.getNumPixelComps(); }

/// A hundredth may be missing: some writers leave out the last row.
void check_size(std::uint64_t bytes, std::uint64_t expected) {
  if (bytes + expected / 100 >= expected) return;
  library_errors::note_error("an image's data end after " + std::to_string(bytes) + " of " +
                             std::to_string(expected) + " bytes");
}

std::uint64_t count_bytes(Stream& stream, std::uint64_t enough) {
  std::uint64_t bytes = 0;
  for_each_part(stream, [&](std::span<unsigned char> part) {
    bytes += part.size();
    return bytes < enough;
  });
  return bytes;
}

void check_jpeg(Stream& stream, PixelSize size) {
  const Result<std::string> stored = stored_bytes(*stream.getNextStream());
  if (!stored) return;
  if (!is_jpeg_whole(*stored)) {
    library_errors::note_error("an image's JPEG data are broken or end early");
  }
  const Result<ImageHeader> header = read_image_header(*stored);
  // Some writers round up to whole blocks.
  const auto is_beyond = [](std::uint32_t coded, std::uint32_t shown) {
    return coded > shown + shown / 50 + 16;
  };
  const bool is_larger = header && (is_beyond(header->pages.front().width_px, size.width) ||
                                    is_beyond(header->pages.front().height_px, size.height));
  if (is_larger) library_errors::note_error("an image is larger than the document shows of it");
}

void check_jbig2(Stream& stream) {
  const Result<std::string> stored = stored_bytes(*stream.getNextStream());
  if (stored && !is_jbig2_whole(*stored)) {
    library_errors::note_error("an image's JBIG2 data are broken or end early");
  }
}

/// Poppler does not look at the checksum.
void check_flate(Stream& stream, std::uint64_t expected) {
  FlateCheck flate(2 * expected + flate_slack);
  for_each_part(stream, [&flate](std::span<unsigned char> part) { return flate.feed(part); });
  if (!flate.is_sound()) library_errors::note_error("an image's deflated data are broken");
  check_size(flate.decoded(), expected);
}

}  // namespace

CheckedSplash::CheckedSplash(SplashColor paper)
    : SplashOutputDev(splashModeMono8, 4, false, paper) {}

void CheckedSplash::check(const Object* ref, Stream* stream, const Picture& picture) {
  const bool is_known = ref == nullptr || !ref->isRef() || checked_.contains(ref->getRef());
  if (is_known || checked_.size() >= checked_pictures_max) return;
  checked_.insert(ref->getRef());
  const auto row_bits = static_cast<std::uint64_t>(picture.width) *
                        static_cast<std::uint64_t>(picture.bits_per_pixel);
  const std::uint64_t expected = (row_bits + 7) / 8 * static_cast<std::uint64_t>(picture.height);
  if (expected > checked_bytes_max) return;
  switch (stream->getKind()) {
    case strDCT:
      return check_jpeg(*stream, {static_cast<std::uint32_t>(picture.width),
                                  static_cast<std::uint32_t>(picture.height)});
    case strJBIG2:
      return check_jbig2(*stream);
    case strJPX:
      return;  // its decoder says what is wrong
    case strFlate:
      return check_flate(*stream->getNextStream(), expected);
    default:
      return check_size(count_bytes(*stream, expected), expected);
  }
}

void CheckedSplash::check_mask(const char* key, Stream* picture, Stream* mask,
                               const Picture& size) {
  const Object& ref = picture->getDict()->lookupNF(key);
  check(&ref, mask, size);
}

// The signatures are Poppler's: NOLINTBEGIN(readability-function-size)

void CheckedSplash::drawImageMask(GfxState* state, Object* ref, Stream* stream, int width,
                                  int height, bool is_inverted, bool interpolate, bool is_inline) {
  if (!is_inline) check(ref, stream, {width, height, 1});
  SplashOutputDev::drawImageMask(state, ref, stream, width, height, is_inverted, interpolate,
                                 is_inline);
}

void CheckedSplash::drawImage(GfxState* state, Object* ref, Stream* stream, int width, int height,
                              GfxImageColorMap* colors, bool interpolate, const int* mask_colors,
                              bool is_inline) {
  if (!is_inline) check(ref, stream, {width, height, bits_of(*colors)});
  SplashOutputDev::drawImage(state, ref, stream, width, height, colors, interpolate, mask_colors,
                             is_inline);
}

void CheckedSplash::drawMaskedImage(GfxState* state, Object* ref, Stream* stream, int width,
                                    int height, GfxImageColorMap* colors, bool interpolate,
                                    Stream* mask, int mask_width, int mask_height, bool mask_invert,
                                    bool mask_interpolate) {
  check(ref, stream, {width, height, bits_of(*colors)});
  check_mask("Mask", stream, mask, {mask_width, mask_height, 1});
  SplashOutputDev::drawMaskedImage(state, ref, stream, width, height, colors, interpolate, mask,
                                   mask_width, mask_height, mask_invert, mask_interpolate);
}

void CheckedSplash::drawSoftMaskedImage(GfxState* state, Object* ref, Stream* stream, int width,
                                        int height, GfxImageColorMap* colors, bool interpolate,
                                        Stream* mask, int mask_width, int mask_height,
                                        GfxImageColorMap* mask_colors, bool mask_interpolate) {
  check(ref, stream, {width, height, bits_of(*colors)});
  check_mask("SMask", stream, mask, {mask_width, mask_height, bits_of(*mask_colors)});
  SplashOutputDev::drawSoftMaskedImage(state, ref, stream, width, height, colors, interpolate, mask,
                                       mask_width, mask_height, mask_colors, mask_interpolate);
}

// NOLINTEND(readability-function-size)

}  // namespace civicum
