// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/page_cost.h"

#include <algorithm>
#include <cmath>

namespace civicum {
namespace {

// Anonymous memory of a reader: engine, Poppler and what both keep between pages, then bytes per
// pixel of what OCR gets. Fitted on our reader over the corpus at 150, 200 and 300 dpi: medians 41,
// 45 and 58 MiB for A4 grey, 39 MiB for 1-bit at 300 dpi; bench/results/read.md.
constexpr double grey_base_bytes = 37.0e6;
constexpr double grey_bytes_per_pixel = 3.35;
constexpr double bilevel_base_bytes = 34.0e6;
constexpr double bilevel_bytes_per_pixel = 0.80;
// Beyond A3 at 200 dpi it is more than in proportion: 270 MB at 50 million pixels.
constexpr double large_pixels_min = 12e6;
constexpr double large_bytes_per_pixel = 1.6;
// CPU time of OCR by pixels; an A4 page of print adds its letters.
constexpr double grey_ms_per_mpx = 63;
constexpr double bilevel_ms_per_mpx = 43;
constexpr double letters_ms = 1000;

constexpr std::uint64_t cap_factor = 3;
constexpr Bytes cap_min = mib(256);
constexpr Bytes cap_before_plan = mib(768);

constexpr double points_per_inch = 72;
constexpr double side_px_max = 1e6;
// US Letter, what Poppler takes where a page says nothing sensible.
constexpr double width_default = 612;
constexpr double height_default = 792;

std::uint32_t pixels_of(double points, double points_default, Dpi dpi) {
  const double sane = std::isfinite(points) && points > 0 ? points : points_default;
  const double px = std::ceil(sane * dpi.value / points_per_inch);
  return static_cast<std::uint32_t>(std::clamp(px, 1.0, side_px_max));
}

DpiChoice at_dpi(const DpiRequest& request, Dpi dpi) {
  DpiChoice choice;
  choice.wished = dpi;
  choice.shape = request.shape_at(dpi);
  choice.cost = predict_page(choice.shape);
  return choice;
}

bool has_few_pixels(const DpiRequest& request, const RasterShape& shape) {
  if (std::max(shape.width_px, shape.height_px) > raster_side_max) return false;
  return std::uint64_t{shape.width_px} * shape.height_px <= request.pixels_max;
}

bool fits(const DpiRequest& request, const DpiChoice& choice) {
  return choice.cost.peak <= request.limit && has_few_pixels(request, choice.shape);
}

}  // namespace

RasterShape rendered_page(double width, double height, Dpi dpi) {
  return {pixels_of(width, width_default, dpi), pixels_of(height, height_default, dpi), dpi, 8, {}};
}

PageCostPrediction predict_page(const RasterShape& shape) {
  const double pixels = static_cast<double>(shape.width_px) * shape.height_px;
  const bool is_bilevel = shape.bits_per_pixel == 1;
  const double base = is_bilevel ? bilevel_base_bytes : grey_base_bytes;
  const double per_pixel = is_bilevel ? bilevel_bytes_per_pixel : grey_bytes_per_pixel;
  const double ocr =
      base + per_pixel * pixels + large_bytes_per_pixel * std::max(0.0, pixels - large_pixels_min);
  // While a decoder holds its source, OCR has not begun: the larger of the two moments counts.
  const double decoding = base + static_cast<double>(shape.source_bytes.count) + pixels;
  const double ms_per_mpx = is_bilevel ? bilevel_ms_per_mpx : grey_ms_per_mpx;
  return {
      Bytes{static_cast<std::uint64_t>(std::max(ocr, decoding))},
      std::chrono::milliseconds(static_cast<std::int64_t>(ms_per_mpx * pixels / 1e6 + letters_ms))};
}

Bytes reader_cap(std::optional<Bytes> predicted, Bytes limit) {
  const Bytes wanted =
      predicted ? std::max(cap_min, Bytes{predicted->count * cap_factor}) : cap_before_plan;
  return std::min(wanted, limit);
}

std::variant<DpiChoice, DoesNotFit> choose_dpi(const DpiRequest& request) {
  DpiChoice wished = at_dpi(request, request.wished);
  if (fits(request, wished)) return wished;
  const char* reason = wished.cost.peak <= request.limit ? "pixels" : "budget";
  for (std::uint32_t dpi = request.wished.value; dpi-- > dpi_min.value;) {
    DpiChoice choice = at_dpi(request, Dpi{dpi});
    if (!fits(request, choice)) continue;
    choice.degraded = Degradation{request.wished, choice.shape.dpi, reason};
    return choice;
  }
  const DpiChoice least = at_dpi(request, std::min(request.wished, dpi_min));
  if (fits(request, least)) return least;
  return DoesNotFit{least.shape, least.cost.peak, request.limit};
}

}  // namespace civicum
