// SPDX-License-Identifier: GPL-3.0-or-later
#include "ocr/page_image.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <utility>
#include <vector>

namespace civicum {
namespace {

double megapixels(const Pix& pix) {
  return 1e-6 * pixGetWidth(const_cast<Pix*>(&pix)) * pixGetHeight(const_cast<Pix*>(&pix));
}

struct NumaDeleter {
  void operator()(Numa* numa) const { numaDestroy(&numa); }
};

struct BoxDeleter {
  void operator()(::Box* box) const { boxDestroy(&box); }
};

/// The grey value that best splits paper from ink, from every fourth pixel of every fourth line.
int split_level(Pix* grey) {
  constexpr int fallback_level = 128;
  // Ink is at least this much darker than its paper: a page without ink has one peak, which any
  // split would cut in two.
  constexpr float contrast_min = 40;
  const std::unique_ptr<Numa, NumaDeleter> histogram(pixGetGrayHistogram(grey, 4));
  int level = fallback_level;
  float ink_mean = 0;
  float paper_mean = 0;
  if (histogram == nullptr || numaSplitDistribution(histogram.get(), 0.1F, &level, &ink_mean,
                                                    &paper_mean, nullptr, nullptr, nullptr) != 0) {
    return fallback_level;
  }
  return std::clamp(std::min(level, static_cast<int>(paper_mean - contrast_min)), 1, 255);
}

constexpr int edge_block_px = 8;

/// A figure for every block of pixels.
struct Blocks {
  int width = 0;
  int height = 0;
  std::vector<int> values;

  int at(int x, int y) const {
    return values[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                  static_cast<std::size_t>(x)];
  }
};

/// The lightest or darkest pixel of every block.
Blocks extremes(Pix* grey, int type) {
  const PixPtr pixels(pixScaleGrayMinMax(grey, edge_block_px, edge_block_px, type));
  Blocks blocks;
  if (pixels == nullptr) return blocks;
  blocks.width = pixGetWidth(pixels.get());
  blocks.height = pixGetHeight(pixels.get());
  blocks.values.reserve(static_cast<std::size_t>(blocks.width) *
                        static_cast<std::size_t>(blocks.height));
  for (int y = 0; y < blocks.height; ++y) {
    const l_uint32* line = pixGetData(pixels.get()) + std::ptrdiff_t{y} * pixGetWpl(pixels.get());
    for (int x = 0; x < blocks.width; ++x) blocks.values.push_back(GET_DATA_BYTE(line, x));
  }
  return blocks;
}

enum class Edge : std::uint8_t { None, Kept, Lost };

/// Whether a block has an edge, and whether a threshold at `level` keeps it.
Blocks edges_of(const Blocks& dark, const Blocks& light, int contrast, int level) {
  Blocks edges = dark;
  for (std::size_t i = 0; i < edges.values.size(); ++i) {
    const int from = dark.values[i];
    const int to = light.values[i];
    Edge edge = from >= level || to < level ? Edge::Lost : Edge::Kept;
    if (to - from < contrast) edge = Edge::None;
    edges.values[i] = static_cast<int>(edge);
  }
  return edges;
}

/// The fringe of a stroke that is kept is not lost.
bool is_beside_kept(const Blocks& edges, int x, int y) {
  for (int v = std::max(0, y - 1); v <= std::min(y + 1, edges.height - 1); ++v) {
    for (int u = std::max(0, x - 1); u <= std::min(x + 1, edges.width - 1); ++u) {
      if (edges.at(u, v) == static_cast<int>(Edge::Kept)) return true;
    }
  }
  return false;
}

/// Half the size, where that still leaves lower-case letters recognisable.
PixPtr halve(const PixPtr& black) { return PixPtr(pixReduceRankBinary2(black.get(), 2, nullptr)); }

}  // namespace

PixPtr binarize(const Pix& pix) {
  Pix* source = const_cast<Pix*>(&pix);  // Leptonica does not know const
  if (pixGetDepth(source) == 1) return PixPtr(pixClone(source));
  return PixPtr(pixThresholdToBinary(source, split_level(source)));
}

InkFacts measure_ink(const PixPtr& black) {
  InkFacts ink;
  int pixel_count = 0;
  int component_count = 0;
  if (black == nullptr || pixCountPixels(black.get(), &pixel_count, nullptr) != 0) return ink;
  ink.share = 1e-6 * pixel_count / std::max(megapixels(*black), 1e-6);
  if (pixCountConnComp(black.get(), 8, &component_count) == 0) {
    ink.component_count = static_cast<std::uint32_t>(component_count);
  }
  return ink;
}

bool is_blank(const InkFacts& ink) {
  // A page number alone covers 0.00003 of an A4 page.
  constexpr double share_max = 0.00002;
  return ink.component_count == 0 || ink.share < share_max;
}

bool is_nearly_blank(const InkFacts& ink) {
  // Dirt and a shadow at the margin; drawings and photos have more ink.
  constexpr double share_max = 0.005;
  return ink.share < share_max;
}

bool is_inverted(const InkFacts& ink) {
  // Print covers 3 to 16 % of a page, even with a screenshot on it.
  constexpr double share_min = 0.6;
  return ink.share > share_min;
}

Raster invert(Raster raster) {
  pixInvert(raster.pix.get(), raster.pix.get());
  return raster;
}

bool is_speckled(const InkFacts& ink, const Raster& raster) {
  // Print has 20 to 60 shapes in a square inch at any resolution, newsprint 150; 10 % of single
  // specks at 300 dpi 5,800.
  constexpr double per_square_inch_max = 250;
  const double square_inches =
      1e6 * megapixels(*raster.pix) / (double(raster.dpi.value) * raster.dpi.value);
  return ink.component_count > per_square_inch_max * square_inches;
}

std::optional<int> find_lost_contrast(const Pix& pix) {
  constexpr int contrast_min = 16;
  constexpr int lost_min = 60;  // of blocks: a short line
  constexpr double lost_share_min = 0.2;
  Pix* grey = const_cast<Pix*>(&pix);
  if (pixGetDepth(grey) != 8) return std::nullopt;
  const Blocks dark = extremes(grey, L_CHOOSE_MIN);
  const Blocks light = extremes(grey, L_CHOOSE_MAX);
  if (dark.values.empty() || dark.values.size() != light.values.size()) return std::nullopt;
  std::vector<int> ranges(dark.values.size());
  std::ranges::transform(light.values, dark.values, ranges.begin(), std::minus{});
  // Most of a page is paper: the usual range within a block is its noise.
  const auto middle = ranges.begin() + static_cast<std::ptrdiff_t>(ranges.size() / 2);
  std::ranges::nth_element(ranges, middle);
  const int contrast = std::max(contrast_min, *middle * 3 / 2 + 8);
  const Blocks edges = edges_of(dark, light, contrast, split_level(grey));
  int kept = 0;
  int lost = 0;
  for (int y = 0; y < edges.height; ++y) {
    for (int x = 0; x < edges.width; ++x) {
      const auto edge = static_cast<Edge>(edges.at(x, y));
      if (edge == Edge::Kept) ++kept;
      if (edge == Edge::Lost && !is_beside_kept(edges, x, y)) ++lost;
    }
  }
  return lost >= lost_min && lost > lost_share_min * (kept + lost) ? std::optional(contrast)
                                                                   : std::nullopt;
}

Raster even_out(const Raster& raster, int contrast) {
  // Tiles of 5 mm: some letters, or a letter of a heading.
  const int tile = std::max(10, static_cast<int>(raster.dpi.value) / 5);
  constexpr int smoothing = 2;
  return {PixPtr(pixContrastNorm(nullptr, raster.pix.get(), tile, tile, contrast, smoothing,
                                 smoothing)),
          raster.dpi};
}

Raster take_out_specks(Raster raster) {
  PixPtr grey(pixConvertTo8(raster.pix.get(), 0));
  PixPtr clean(pixMedianFilter(grey.get(), 3, 3));
  if (clean == nullptr) return raster;
  return {std::move(clean), raster.dpi};
}

Raster take_out_small_shapes(Raster raster) {
  constexpr int per_inch = 50;  // 6 pixels at 300 dpi: a stroke of 10-point print is 3 to 5 wide
  const int size = static_cast<int>(raster.dpi.value) / per_inch;
  const PixPtr black = binarize(*raster.pix);
  PixPtr large(
      pixSelectBySize(black.get(), size, size, 8, L_SELECT_IF_EITHER, L_SELECT_IF_GT, nullptr));
  if (large == nullptr) return raster;
  return {std::move(large), raster.dpi};
}

std::optional<std::uint16_t> detect_turn(const PixPtr& black, Dpi dpi) {
  // The hit-miss patterns for ascenders are made for 150 to 250 dpi.
  constexpr std::uint32_t dpi_max = 250;
  const PixPtr reduced = dpi.value > dpi_max ? halve(black) : PixPtr(pixClone(black.get()));
  float up = 0;
  float left = 0;
  int orientation = L_TEXT_ORIENT_UNKNOWN;
  if (reduced == nullptr || pixOrientDetect(reduced.get(), &up, &left, 0, 0) != 0 ||
      makeOrientDecision(up, left, 0, 0, &orientation, 0) != 0) {
    return std::nullopt;
  }
  switch (orientation) {
    case L_TEXT_ORIENT_UP:
      return 0;
    case L_TEXT_ORIENT_LEFT:
      return 90;
    case L_TEXT_ORIENT_DOWN:
      return 180;
    case L_TEXT_ORIENT_RIGHT:
      return 270;
    default:
      return std::nullopt;
  }
}

PixPtr turn(PixPtr pix, std::uint16_t degrees) {
  switch (degrees) {
    case 90:
      return PixPtr(pixRotate90(pix.get(), 1));
    case 180:
      // Not in place: the 1-bit picture of a 1-bit raster is the same picture.
      return PixPtr(pixRotate180(nullptr, pix.get()));
    case 270:
      return PixPtr(pixRotate90(pix.get(), -1));
    default:
      return pix;
  }
}

float detect_skew(const PixPtr& black) {
  // Deskewing at 2 degrees halves the error rate; ±7, Leptonica's own range, misses 8 degrees.
  constexpr float sweep_degrees = 15.0F;
  constexpr float confidence_min = 3.0F;
  constexpr float degrees_min = 0.1F;
  float degrees = 0;
  float confidence = 0;
  if (black == nullptr || pixFindSkewSweepAndSearch(black.get(), &degrees, &confidence, 4, 2,
                                                    sweep_degrees, 1.0F, 0.01F) != 0) {
    return 0;
  }
  return confidence > confidence_min && std::fabs(degrees) > degrees_min ? degrees : 0;
}

PixPtr clip(const PixPtr& pix, const PixelBox& box) {
  const std::unique_ptr<::Box, BoxDeleter> area(
      boxCreate(box.x0, box.y0, box.width(), box.height()));
  return PixPtr(pixClipRectangle(pix.get(), area.get(), nullptr));
}

bool is_solid_mark(const PixPtr& black, const PixelBox& box) {
  // A disc fills 0.785 of its bounds, "e" and "o" less than 0.6, "+" 0.4.
  constexpr double fill_min = 0.68;
  if (black == nullptr) return false;
  const PixPtr part = clip(black, box);
  Pix* tight = nullptr;
  if (part == nullptr || pixClipToForeground(part.get(), &tight, nullptr) != 0) return false;
  const PixPtr mark(tight);
  int ink = 0;
  int component_count = 0;
  if (mark == nullptr || pixCountPixels(mark.get(), &ink, nullptr) != 0 ||
      pixCountConnComp(mark.get(), 8, &component_count) != 0) {
    return false;
  }
  return component_count == 1 &&
         ink > fill_min * pixGetWidth(mark.get()) * pixGetHeight(mark.get());
}

Deskewed deskew(PixPtr pix, float degrees) {
  // Beyond this the corners of a page with ordinary margins would be cut off.
  constexpr float degrees_without_frame = 1.5F;
  const bool needs_frame = std::fabs(degrees) > degrees_without_frame;
  const int width = needs_frame ? pixGetWidth(pix.get()) : 0;
  const int height = needs_frame ? pixGetHeight(pix.get()) : 0;
  const float radians = degrees * std::numbers::pi_v<float> / 180;
  PixPtr level(pixRotate(pix.get(), radians, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, width, height));
  if (level == nullptr) return {std::move(pix), 0};
  return {std::move(level), degrees};
}

}  // namespace civicum
