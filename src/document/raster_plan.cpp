// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/raster_plan.h"

#include <algorithm>

namespace civicum {
namespace {

/// A grey source this near to the wished dpi is taken as it is: scaling costs more than it brings.
constexpr double kept_below = 0.85;
constexpr double kept_above = 1.02;
/// At full quality a little more is kept too; lower wishes come from a budget.
constexpr Dpi full_quality{200};
constexpr Dpi kept_dpi_max{260};
/// 1-bit sources between these are read as well as grey ones, and faster.
constexpr Dpi one_bit_dpi_min{190};
constexpr Dpi one_bit_dpi_max{310};
constexpr std::uint32_t jpeg_reduction_max = 8;
constexpr std::uint32_t png_reduction_max = 64;

bool is_kept(Dpi source, Dpi wished) {
  const auto dpi = static_cast<double>(source.value);
  const auto goal = static_cast<double>(wished.value);
  if (dpi < kept_below * goal) return false;
  return dpi <= kept_above * goal || (wished >= full_quality && source <= kept_dpi_max);
}

bool stays_one_bit(const FullPageImage& image, Dpi wished) {
  return image.bits_per_pixel == 1 && image.dpi >= one_bit_dpi_min &&
         image.dpi <= one_bit_dpi_max && wished >= one_bit_dpi_min;
}

std::uint32_t reduction_of(const FullPageImage& image, Dpi wished) {
  const double ratio = static_cast<double>(image.dpi.value) / std::max(1U, wished.value);
  std::uint32_t reduction = 1;
  if (image.encoding == ImageEncoding::Jpeg) {
    while (reduction < jpeg_reduction_max && ratio / (reduction * 2) >= kept_below) reduction *= 2;
  }
  if (image.encoding == ImageEncoding::Png && !image.is_progressive) {
    while (reduction < png_reduction_max && ratio / (reduction + 1) >= kept_below) ++reduction;
  }
  return reduction;
}

/// The decoder's picture, in bytes per pixel of what is kept of the source.
double picture_bytes_per_pixel(const FullPageImage& image) {
  if (image.bits_per_pixel == 1) return 1.0 / 8;
  const bool is_colour = image.bits_per_pixel > 16;
  const bool is_cmyk_jpeg = image.encoding == ImageEncoding::Jpeg && image.bits_per_pixel > 24;
  // Leptonica makes 32-bit pixels of colour where it is not told to read the luminance alone.
  return is_cmyk_jpeg || (image.encoding == ImageEncoding::Tiff && is_colour) ? 5 : 1;
}

}  // namespace

Bytes coefficient_bytes(const FullPageImage& image) {
  constexpr double bytes_per_coefficient = 2;
  if (image.encoding != ImageEncoding::Jpeg || !image.is_progressive) return {};
  const double pixels = static_cast<double>(image.width_px) * image.height_px;
  return {static_cast<std::uint64_t>(bytes_per_coefficient * pixels * image.samples_per_pixel)};
}

RasterPlan plan_raster(const FullPageImage& image, Dpi wished) {
  RasterPlan plan;
  const double pixels = static_cast<double>(image.width_px) * image.height_px;
  plan.is_one_bit = stays_one_bit(image, wished);
  const bool is_as_it_is =
      plan.is_one_bit || (image.bits_per_pixel != 1 && is_kept(image.dpi, wished));
  plan.dpi = is_as_it_is ? image.dpi : wished;
  plan.reduction = is_as_it_is ? 1 : reduction_of(image, wished);
  const double shrunk = pixels / plan.reduction / plan.reduction;
  const double per_pixel = picture_bytes_per_pixel(image);
  const double bytes = is_as_it_is && per_pixel <= 1 ? 0 : shrunk * per_pixel;
  plan.source_bytes = {static_cast<std::uint64_t>(bytes) + coefficient_bytes(image).count};
  return plan;
}

}  // namespace civicum
