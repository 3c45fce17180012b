// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/page_raster.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "document/library_errors.h"

namespace civicum {
namespace {

/// A raster that misses its page by fewer pixels is not moved.
constexpr int offset_ignored = 2;
/// A raster this near to its size is not scaled: dpi are whole numbers.
constexpr double scale_ignored = 0.006;
/// Coarse 1-bit pixels are doubled once before anything else: their edges are all they have.
constexpr double coarse_scale = 1.1;

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
    const double exact = static_cast<double>(points) * scale;
    return static_cast<int>(std::lround(std::clamp(exact, -1e6, 1e6)));
  };
  const auto size = [&pixels](float from, float to) {
    return std::max(1, pixels(to) - pixels(from));
  };
  return {size(0, page.width), size(0, page.height), pixels(box.x0),
          pixels(box.y0),      size(box.x0, box.x1), size(box.y0, box.y1)};
}

/// How far a picture is from its size on the page, across and down.
struct Scale {
  double x;
  double y;
};

Scale scale_of(Pix* pix, const Target& target) {
  return {static_cast<double>(target.width) / pixGetWidth(pix),
          static_cast<double>(target.height) / pixGetHeight(pix)};
}

PixPtr grey_of_one_bit(Pix* pix, const Scale& scale) {
  const bool is_even = std::abs(scale.x - scale.y) < 0.01 * scale.x;
  if (scale.x < 0.9 && is_even) {
    return PixPtr(pixScaleToGray(pix, static_cast<float>(scale.x)));
  }
  PixPtr grey(pixConvert1To8(nullptr, pix, 255, 0));
  if (grey && scale.x > coarse_scale && is_even) return PixPtr(pixScaleGray2xLI(grey.get()));
  return grey;
}

PixPtr scale_to(PixPtr pix, const Target& target, bool is_one_bit) {
  if (pixGetDepth(pix.get()) == 1 && !is_one_bit) {
    pix = grey_of_one_bit(pix.get(), scale_of(pix.get(), target));
    if (!pix) return pix;
  }
  const Scale scale = scale_of(pix.get(), target);
  const bool is_near =
      std::abs(scale.x - 1) < scale_ignored && std::abs(scale.y - 1) < scale_ignored;
  if (is_near) return pix;
  const auto x = static_cast<float>(scale.x);
  const auto y = static_cast<float>(scale.y);
  if (pixGetDepth(pix.get()) == 1) return PixPtr(pixScaleBinary(pix.get(), x, y));
  if (x < 1 && y < 1) return PixPtr(pixScaleAreaMap(pix.get(), x, y));
  return PixPtr(pixScaleGrayLI(pix.get(), x, y));
}

PixPtr put_on_paper(PixPtr pix, const Target& target) {
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

PixPtr turn(PixPtr pix, const ImagePlacement& placement) {
  if (placement.turned != 0) pix.reset(pixRotateOrth(pix.get(), placement.turned / 90));
  if (pix && placement.is_mirrored) pixFlipLR(pix.get(), pix.get());
  return pix;
}

Result<Raster> place_on_page(PixPtr pix, const ImagePlacement& placement, const PageSize& page,
                             const RasterPlan& plan) {
  const Target target = target_of(placement.box, page, plan.dpi);
  if (pix && placement.is_inverted) pixInvert(pix.get(), pix.get());
  if (pix) pix = turn(std::move(pix), placement);
  if (pix) pix = scale_to(std::move(pix), target, plan.is_one_bit);
  if (pix) pix = put_on_paper(std::move(pix), target);
  TRY(library_errors::verdict());
  if (!pix) return Error{ErrorKind::OutOfMemory, "the page's raster could not be allocated"};
  const auto dpi = static_cast<int>(plan.dpi.value);
  pixSetResolution(pix.get(), dpi, dpi);
  return Raster{std::move(pix), plan.dpi};
}

}  // namespace civicum
