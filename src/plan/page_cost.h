// SPDX-License-Identifier: GPL-3.0-or-later
// What a page will take of its reader, known before a pixel is made, and the resolution that fits a
// budget. Pure and total: page sizes come from hostile files and may be anything.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <variant>

#include "base/page.h"
#include "base/units.h"

namespace civicum {

struct RasterShape {
  std::uint32_t width_px = 0;
  std::uint32_t height_px = 0;
  Dpi dpi;
  std::uint32_t bits_per_pixel = 8;  ///< of what OCR gets: 1 or 8
  /// Beside the raster while it is made: a decoder's whole picture, 0 where it streams.
  Bytes source_bytes;
};

/// A page of this size, in points, rendered to grey. US Letter where the size is nothing sensible.
RasterShape rendered_page(double width, double height, Dpi dpi);

struct PageCostPrediction {
  Bytes peak;  ///< anonymous memory of the whole reader, engine included
  std::chrono::milliseconds cpu{0};
};

PageCostPrediction predict_page(const RasterShape& shape);

/// What a reader may take before it is ended as out of memory: three times its prediction, because
/// adversarial pages take that (ocr.md §7), at least 256 MiB, at most `limit`. Before a plan there
/// is no prediction: opening and looking may take what no sane document does.
Bytes reader_cap(std::optional<Bytes> predicted, Bytes limit);

struct DpiRequest {
  Dpi wished;  ///< already at most the rung's
  Bytes limit;
  std::uint64_t pixels_max = 0;
  /// The raster that comes of wishing for so many dpi. Fewer dpi never make it larger.
  std::function<RasterShape(Dpi)> shape_at;
};
struct DpiChoice {
  Dpi wished;                           ///< what to ask the document for
  RasterShape shape;                    ///< what comes of it
  std::optional<Degradation> degraded;  ///< reason "budget" or "pixels"
  PageCostPrediction cost;
};
/// Below 100 dpi nothing is read any more.
struct DoesNotFit {
  RasterShape shape;  ///< at 100 dpi, as is `needed`
  Bytes needed;       ///< within `limit` where it is the pixels that are too many
  Bytes limit;
};
inline constexpr Dpi dpi_min{100};
/// Tesseract keeps coordinates in 16 bits.
inline constexpr std::uint32_t raster_side_max = 32'767;

std::variant<DpiChoice, DoesNotFit> choose_dpi(const DpiRequest& request);

}  // namespace civicum
