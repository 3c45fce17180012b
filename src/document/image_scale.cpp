// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/image_scale.h"

#include <algorithm>

namespace civicum {
namespace {

constexpr double dpi_default = 200;
constexpr double dpi_sane_min = 50;
constexpr double dpi_sane_max = 1200;
/// From here on a tag is a scanner's: cameras and screens write 72 or 96.
constexpr double scanner_dpi_min = 150;
/// The long side of A3; pictures said to be larger are taken for A4.
constexpr double paper_inches_max = 17;
constexpr double paper_aspect_max = 4;
constexpr double a4_inches = 11.69;

bool is_sane(double dpi) { return dpi >= dpi_sane_min && dpi <= dpi_sane_max; }

}  // namespace

ImageScale image_scale(const ImagePageHeader& page) {
  const bool has_own =
      page.resolution && is_sane(page.resolution->x) && is_sane(page.resolution->y);
  const Resolution record = has_own ? *page.resolution : Resolution{dpi_default, dpi_default};
  const double inches = std::max(page.width_px / record.x, page.height_px / record.y);
  const bool is_scanned = has_own && std::min(record.x, record.y) >= scanner_dpi_min;
  if (is_scanned || inches <= paper_inches_max) return {record, record};
  // A strip or an endless screenshot is no page that was photographed.
  const double long_side = std::max(page.width_px, page.height_px);
  const double short_side = std::max(1U, std::min(page.width_px, page.height_px));
  if (long_side / short_side > paper_aspect_max) return {record, {dpi_default, dpi_default}};
  const double dpi = std::max(page.width_px, page.height_px) / a4_inches;
  return {record, {dpi, dpi}};
}

}  // namespace civicum
