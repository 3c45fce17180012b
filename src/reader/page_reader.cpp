// SPDX-License-Identifier: GPL-3.0-or-later
#include "reader/page_reader.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "reader/merge_text.h"

namespace civicum {
namespace {

constexpr double points_per_inch = 72;
/// Pictures smaller than this hold no text worth a reading (a logo's height, in points).
constexpr float picture_points_min = 24;
constexpr std::size_t pictures_max = 32;
/// A 1-bit image of these stays as it is: OCR takes it faster than grey (ocr.md §9).
constexpr Dpi bilevel_dpi_min{200};
constexpr Dpi bilevel_dpi_max{310};

GapReason gap_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::OutOfMemory:
      return GapReason::OutOfMemory;
    case ErrorKind::TooLarge:
      return GapReason::TooLarge;
    case ErrorKind::Denied:
      return GapReason::Encrypted;
    case ErrorKind::BadInput:
      return GapReason::Unsupported;
    case ErrorKind::TimedOut:
      return GapReason::NoProgress;
    default:
      return GapReason::Damaged;
  }
}

bool keeps_bilevel(const FullPageImage& image) {
  return image.bits_per_pixel == 1 && image.dpi >= bilevel_dpi_min && image.dpi <= bilevel_dpi_max;
}

/// What a decoder holds beside its result: the whole picture, reduced by what libjpeg can skip.
Bytes decoder_bytes(const FullPageImage& image, Dpi dpi) {
  const std::uint64_t pixels = std::uint64_t{image.width_px} * image.height_px;
  if (image.encoding != ImageEncoding::Jpeg) return {pixels * image.bits_per_pixel / 8};
  std::uint64_t reduction = 1;
  while (reduction < 8 && image.dpi.value >= 2 * reduction * dpi.value) reduction *= 2;
  return {pixels / (reduction * reduction)};
}

DpiRequest dpi_request(const PageFacts& facts, Route route, const protocol::ReadPage& request) {
  DpiRequest wish;
  wish.width = static_cast<double>(facts.width);
  wish.height = static_cast<double>(facts.height);
  wish.wished = std::min(request.dpi, request.dpi_max);
  wish.limit = request.limit;
  wish.pixels_max = request.pixels_max;
  if (route != Route::Image) return wish;
  wish.source_bytes = decoder_bytes(*facts.image, wish.wished);
  if (keeps_bilevel(*facts.image) && facts.image->dpi <= request.dpi_max) {
    wish.bits_per_pixel = 1;
    wish.wished = facts.image->dpi;
  }
  return wish;
}

PageReading reading_of(const PageFacts& facts) {
  PageReading reading;
  reading.width = facts.width;
  reading.height = facts.height;
  reading.engine = "text layer";
  return reading;
}

}  // namespace

std::variant<protocol::PageRead, protocol::PageFailed> PageReader::read(
    const protocol::ReadPage& request) {
  page_index_ = request.page_index;
  needed_ = limit_ = Bytes{};
  (void)meter_.reset_peak();
  const auto began = std::chrono::steady_clock::now();
  const auto before = meter_.read();
  Result<protocol::PageRead> read = read_by_route(request);
  if (!read) return failure_of(read.error());
  const auto after = meter_.read();
  PageCost& cost = read->reading.cost;
  const auto milliseconds = [](auto span) {
    return static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(span).count());
  };
  cost.elapsed_ms = milliseconds(std::chrono::steady_clock::now() - began);
  if (before && after) {
    cost.cpu_ms = milliseconds(after->cpu_time - before->cpu_time);
    cost.peak_bytes = after->anonymous_peak;
    cost.swap_bytes_peak = after->swap;
    cost.major_faults = static_cast<std::uint32_t>(after->major_faults - before->major_faults);
  }
  return *std::move(read);
}

protocol::PageFailed PageReader::failure_of(const Error& error) const {
  return {gap_of(error.kind), one_line(error.what), needed_, limit_};
}

Result<protocol::PageRead> PageReader::read_by_route(const protocol::ReadPage& request) {
  const PageFacts facts = TRY(document_.inventory(page_index_));
  RouteDecision decision = decide_route(facts);
  const bool is_text_allowed =
      request.allowed == RouteAllowed::TextLayer && request.look == protocol::Look::First;
  if (decision.kind == PageKind::Empty) {
    protocol::PageRead blank{reading_of(facts), false};
    blank.reading.is_blank = true;
    return blank;
  }
  if (is_text_allowed && decision.kind == PageKind::Text) return read_text(facts, decision.layer);
  if (is_text_allowed && decision.kind == PageKind::Mixed) {
    return read_mixed(facts, decision, request);
  }
  if (!is_text_allowed) decision.keeps_text = false;
  return read_whole(facts, decision, request);
}

Result<protocol::PageRead> PageReader::read_text(const PageFacts& facts, Document::Layer layer) {
  protocol::PageRead read{reading_of(facts), false};
  read.reading.content = TRY(document_.text_layer(page_index_, layer));
  return read;
}

Result<DpiChoice> PageReader::plan(const PageFacts& facts, Route route,
                                   const protocol::ReadPage& request) {
  const auto chosen = choose_dpi(dpi_request(facts, route, request));
  if (const auto* too_large = std::get_if<DoesNotFit>(&chosen)) {
    needed_ = too_large->needed;
    limit_ = too_large->limit;
    return Error{ErrorKind::TooLarge, "the page does not fit the memory budget at 100 dpi"};
  }
  return std::get<DpiChoice>(chosen);
}

Result<protocol::PageRead> PageReader::read_whole(const PageFacts& facts,
                                                  const RouteDecision& decision,
                                                  const protocol::ReadPage& request) {
  const bool is_decodable = facts.image && facts.image->is_decodable;
  Route route =
      is_decodable && request.allowed != RouteAllowed::Render ? Route::Image : Route::Render;
  Result<DpiChoice> choice = plan(facts, route, request);
  if (!choice && route == Route::Image && document_.type() == DocumentType::Pdf) {
    route = Route::Render;  // Poppler reads an image in strips: less memory than a decoder
    choice = plan(facts, route, request);
  }
  if (!choice) return choice.error();
  (void)TRY(ports_.ask({route, choice->dpi, choice->width_px, choice->height_px, choice->cost.peak,
                        static_cast<std::uint32_t>(choice->cost.cpu.count())}));
  Recognizer* recognizer = TRY(ports_.recognizer());
  Pixels pixels = TRY(make_pixels(facts, route == Route::Image, choice->dpi));
  protocol::PageRead read{reading_of(facts), false};
  PageReading& reading = read.reading;
  reading.route = pixels.route;
  reading.dpi = pixels.raster.dpi;
  reading.engine = recognizer->engine();
  reading.degraded = choice->degraded;
  reading.cost.predicted_bytes = choice->cost.peak;
  OcrPage page = TRY(recognizer->read(std::move(pixels.raster), ports_.progress));
  reading.content = std::move(page.content);
  reading.width = page.width;
  reading.height = page.height;
  reading.turned = page.turned;
  reading.is_blank = page.is_blank;
  reading.confidence = page.confidence;
  read.wants_second_look = page.wants_second_look;
  if (decision.keeps_text) {
    PageText stamp = TRY(document_.text_layer(page_index_, Document::Layer::Visible));
    turn_words(stamp, page.turned, facts.width, facts.height);
    reading.content = without_overlaps(reading.content, stamp);
    append_block(reading.content, stamp);
  }
  return read;
}

Result<PageReader::Pixels> PageReader::make_pixels(const PageFacts& facts, bool is_image_wanted,
                                                   Dpi dpi) {
  if (is_image_wanted) {
    Result<Raster> raster = document_.decode_image(page_index_, dpi);
    if (raster) return Pixels{*std::move(raster), Route::Image};
    const bool can_render = facts.width > 0 && document_.type() == DocumentType::Pdf;
    if (!can_render || raster.error().kind == ErrorKind::OutOfMemory) return raster.error();
  }
  return Pixels{TRY(document_.render(page_index_, dpi, std::nullopt)), Route::Render};
}

Result<protocol::PageRead> PageReader::read_mixed(const PageFacts& facts,
                                                  const RouteDecision& decision,
                                                  const protocol::ReadPage& request) {
  protocol::PageRead read = TRY(read_text(facts, decision.layer));
  PageReading& reading = read.reading;
  const DpiChoice choice = TRY(plan(facts, Route::Render, request));
  (void)TRY(ports_.ask({Route::Mixed, choice.dpi, choice.width_px, choice.height_px,
                        choice.cost.peak, static_cast<std::uint32_t>(choice.cost.cpu.count())}));
  Recognizer* recognizer = TRY(ports_.recognizer());
  reading.route = Route::Mixed;
  reading.dpi = choice.dpi;
  reading.engine = "text layer + " + recognizer->engine();
  reading.degraded = choice.degraded;
  reading.cost.predicted_bytes = choice.cost.peak;
  std::size_t count = 0;
  for (const Box& box : decision.pictures) {
    const bool is_small =
        box.x1 - box.x0 < picture_points_min || box.y1 - box.y0 < picture_points_min;
    if (is_small || ++count > pictures_max) continue;
    Raster raster = TRY(document_.render(page_index_, choice.dpi, box));
    OcrPage page = TRY(recognizer->read(std::move(raster), ports_.progress));
    if (page.turned != 0) continue;  // beside upright text, a turned picture is a misjudgement
    move_words(page.content, box.x0, box.y0);
    append_block(reading.content, without_overlaps(page.content, reading.content));
  }
  return read;
}

}  // namespace civicum
