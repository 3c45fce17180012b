// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/stored_image.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "document/image_header.h"
#include "document/library_errors.h"
#include "document/tiff_wrap.h"

namespace civicum {
namespace {

/// A grey source this near to the wished dpi is taken as it is: scaling costs more than it brings.
constexpr double kept_below = 0.85;
constexpr double kept_above = 1.3;
/// 1-bit sources between these are read as well as grey ones, and faster.
constexpr std::uint32_t one_bit_dpi_min = 190;
constexpr std::uint32_t one_bit_dpi_max = 310;
/// A raster that misses its page by fewer pixels is not moved.
constexpr int offset_ignored = 2;

Error undecodable(const char* what) { return Error{ErrorKind::BadInput, what}; }

Result<PixPtr> decode_jpeg(const StoredImage& image, std::uint32_t reduction) {
  const Result<ImageHeader> header = read_image_header(image.bytes);
  if (!header || header->type != ImageType::Jpeg ||
      header->pages.front().width_px != image.width_px ||
      header->pages.front().height_px != image.height_px) {
    return undecodable("the JPEG's size is not what the document says");
  }
  const auto* data = reinterpret_cast<const l_uint8*>(image.bytes.data());
  PixPtr pix(pixReadMemJpeg(data, image.bytes.size(), 0, static_cast<int>(reduction), nullptr,
                            L_JPEG_READ_LUMINANCE));
  TRY(library_errors::verdict());
  if (!pix || pixGetDepth(pix.get()) != 8) return undecodable("the JPEG cannot be decoded");
  return pix;
}

Result<PixPtr> decode_fax(const StoredImage& image) {
  const std::string tiff = wrap_group4(image.bytes, image.width_px, image.height_px);
  PixPtr pix(pixReadMemTiff(reinterpret_cast<const l_uint8*>(tiff.data()), tiff.size(), 0));
  TRY(library_errors::verdict());
  if (!pix || pixGetDepth(pix.get()) != 1) return undecodable("the fax image cannot be decoded");
  return pix;
}

/// Where the image goes on the raster, in pixels.
struct Target {
  int page_width;
  int page_height;
  int x;
  int y;
  int width;
  int height;
};

Target target_of(const Box& box, const PageSize& page, Dpi dpi) {
  const double scale = dpi.value / 72.0;
  const auto pixels = [scale](float points) {
    return static_cast<int>(
        std::lround(std::clamp(static_cast<double>(points) * scale, -1e6, 1e6)));
  };
  return {std::max(1, pixels(page.width)),
          std::max(1, pixels(page.height)),
          pixels(box.x0),
          pixels(box.y0),
          std::max(1, pixels(box.x1) - pixels(box.x0)),
          std::max(1, pixels(box.y1) - pixels(box.y0))};
}

PixPtr scale_to(PixPtr pix, const Target& target, bool is_one_bit) {
  const double x = static_cast<double>(target.width) / pixGetWidth(pix.get());
  const double y = static_cast<double>(target.height) / pixGetHeight(pix.get());
  const bool is_near = std::abs(x - 1) < 0.006 && std::abs(y - 1) < 0.006;
  const auto fx = static_cast<float>(x);
  const auto fy = static_cast<float>(y);
  if (pixGetDepth(pix.get()) == 1 && !is_one_bit) {
    const bool is_even = std::abs(x - y) < 0.01 * x;
    if (x < 0.9 && is_even) return PixPtr(pixScaleToGray(pix.get(), fx));
    pix.reset(pixConvert1To8(nullptr, pix.get(), 255, 0));
    if (!pix) return nullptr;
  }
  if (is_near) return pix;
  if (pixGetDepth(pix.get()) == 1) return PixPtr(pixScaleBinary(pix.get(), fx, fy));
  if (x < 1 && y < 1) return PixPtr(pixScaleAreaMap(pix.get(), fx, fy));
  return PixPtr(pixScaleGrayLI(pix.get(), fx, fy));
}

PixPtr put_on_canvas(PixPtr pix, const Target& target) {
  const int width = pixGetWidth(pix.get());
  const int height = pixGetHeight(pix.get());
  const bool fits = std::abs(target.x) <= offset_ignored && std::abs(target.y) <= offset_ignored &&
                    std::abs(width - target.page_width) <= 2 * offset_ignored &&
                    std::abs(height - target.page_height) <= 2 * offset_ignored;
  if (fits) return pix;
  PixPtr page(pixCreateNoInit(target.page_width, target.page_height, pixGetDepth(pix.get())));
  if (!page) return nullptr;
  pixSetBlackOrWhite(page.get(), L_SET_WHITE);
  pixRasterop(page.get(), target.x, target.y, width, height, PIX_SRC, pix.get(), 0, 0);
  return page;
}

}  // namespace

RasterPlan plan_raster(Dpi source, bool is_one_bit, Dpi wished) {
  RasterPlan plan;
  plan.dpi = wished;
  if (is_one_bit) {
    plan.is_one_bit = source.value >= one_bit_dpi_min && source.value <= one_bit_dpi_max &&
                      wished.value >= one_bit_dpi_min;
    if (plan.is_one_bit) plan.dpi = source;
    return plan;
  }
  const double ratio = static_cast<double>(source.value) / std::max(1U, wished.value);
  if (ratio >= kept_below && ratio <= kept_above) plan.dpi = source;
  while (plan.reduction < 8 && ratio / (plan.reduction * 2) >= kept_below) plan.reduction *= 2;
  return plan;
}

Result<Raster> place_on_page(PixPtr pix, const ImagePlacement& placement, const PageSize& page,
                             const RasterPlan& plan) {
  const Error out_of_memory{ErrorKind::OutOfMemory, "the page's raster could not be allocated"};
  if (placement.turned != 0) {
    pix.reset(pixRotateOrth(pix.get(), placement.turned / 90));
    if (!pix) return out_of_memory;
  }
  const Target target = target_of(placement.box, page, plan.dpi);
  pix = scale_to(std::move(pix), target, plan.is_one_bit);
  if (pix) pix = put_on_canvas(std::move(pix), target);
  TRY(library_errors::verdict());
  if (!pix) return out_of_memory;
  const auto dpi = static_cast<int>(plan.dpi.value);
  pixSetResolution(pix.get(), dpi, dpi);
  return Raster{std::move(pix), plan.dpi};
}

Result<Raster> page_raster(const StoredImage& image, const ImagePlacement& placement,
                           const PageSize& page, Dpi dpi) {
  const bool is_fax = image.encoding == ImageEncoding::Ccitt;
  const bool is_sideways = placement.turned % 180 == 90;
  const float points =
      is_sideways ? placement.box.y1 - placement.box.y0 : placement.box.x1 - placement.box.x0;
  if (!(points > 0)) return undecodable("the image has no width on the page");
  const double source = image.width_px * 72.0 / static_cast<double>(points);
  const RasterPlan plan =
      plan_raster({static_cast<std::uint32_t>(std::lround(std::min(source, 1e6)))}, is_fax, dpi);
  PixPtr pix = is_fax ? TRY(decode_fax(image)) : TRY(decode_jpeg(image, plan.reduction));
  if (placement.is_inverted && is_fax) pixInvert(pix.get(), pix.get());
  return place_on_page(std::move(pix), placement, page, plan);
}

}  // namespace civicum
