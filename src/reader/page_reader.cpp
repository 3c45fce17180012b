// SPDX-License-Identifier: GPL-3.0-or-later
#include "reader/page_reader.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/text.h"
#include "document/raster_plan.h"
#include "reader/merge_text.h"

namespace civicum {
namespace {

/// Pictures smaller than this hold no text worth a reading (a logo's height, in points).
constexpr float picture_points_min = 24;
constexpr std::size_t pictures_max = 32;
/// Print that OCR knows reads at 0.9 and more, also on garbled pages; strange scripts at 0.3 to
/// 0.7.
constexpr float confidence_min = 0.75F;
/// With fewer words it is not asked which way up a picture stands.
constexpr std::size_t turned_words_min = 5;
/// Text that stands on its side in a picture reads at 0.43, textures at less.
constexpr float picture_confidence_min = 0.5F;

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

RasterShape image_shape(const FullPageImage& image, Dpi wished) {
  const RasterPlan plan = plan_raster(image, wished);
  const double scale = static_cast<double>(plan.dpi.value) / std::max(1U, image.dpi.value);
  const auto scaled = [scale](std::uint32_t px) {
    return static_cast<std::uint32_t>(std::min(1e9, std::ceil(px * scale)));
  };
  return {scaled(image.width_px), scaled(image.height_px), plan.dpi, plan.is_one_bit ? 1U : 8U,
          plan.source_bytes};
}

DpiRequest dpi_request(const PageFacts& facts, Route route, const protocol::ReadPage& request) {
  DpiRequest wish{std::min(request.dpi, request.dpi_max), request.limit, request.pixels_max, {}};
  if (route == Route::Image) {
    wish.shape_at = [image = *facts.image](Dpi dpi) { return image_shape(image, dpi); };
  } else {
    const Bytes coefficients = facts.image ? coefficient_bytes(*facts.image) : Bytes{};
    const Bytes decoder = std::max(facts.decoder_bytes, coefficients);
    wish.shape_at = [width = facts.width, height = facts.height, decoder](Dpi dpi) {
      RasterShape shape =
          rendered_page(static_cast<double>(width), static_cast<double>(height), dpi);
      shape.source_bytes = decoder;
      return shape;
    };
  }
  return wish;
}

protocol::Planned planned_of(Route route, const DpiChoice& choice) {
  return {route,
          choice.shape.dpi,
          choice.shape.width_px,
          choice.shape.height_px,
          choice.cost.peak,
          static_cast<std::uint32_t>(choice.cost.cpu.count())};
}

/// Sizes and boxes as the record gives them: points by the image file's own dpi, however odd.
void scale_reading(PageReading& reading, double scale) {
  if (scale == 1) return;
  const auto factor = static_cast<float>(scale);
  reading.width *= factor;
  reading.height *= factor;
  for (Word& word : reading.content.words) {
    Box& box = word.box;
    box = {box.x0 * factor, box.y0 * factor, box.x1 * factor, box.y1 * factor};
  }
}

/// What a page may take whose raster has as many pixels as are allowed.
Bytes largest_raster(const RasterShape& shape, std::uint64_t pixels_max) {
  constexpr std::uint32_t side = 1000;
  RasterShape largest = shape;
  largest.width_px = static_cast<std::uint32_t>(pixels_max / side);
  largest.height_px = side;
  return predict_page(largest).peak;
}

Error too_many_pixels(const RasterShape& shape, const protocol::ReadPage& request) {
  return {ErrorKind::TooLarge, "at 100 dpi the page has " + std::to_string(shape.width_px) + " x " +
                                   std::to_string(shape.height_px) +
                                   " pixels (limits: " + std::to_string(request.pixels_max) +
                                   " in all, " + std::to_string(raster_side_max) + " on a side)"};
}

std::vector<Box> readable_pictures(const std::vector<Box>& pictures) {
  std::vector<Box> readable;
  for (const Box& box : pictures) {
    const bool is_small =
        box.x1 - box.x0 < picture_points_min || box.y1 - box.y0 < picture_points_min;
    if (!is_small && readable.size() < pictures_max) readable.push_back(box);
  }
  return readable;
}

/// A page as large as the largest side of its pictures each way: one at a time is rendered.
PageFacts largest_part(PageFacts facts, const std::vector<Box>& pictures) {
  facts.width = facts.height = 0;
  for (const Box& box : pictures) {
    facts.width = std::max(facts.width, box.x1 - box.x0);
    facts.height = std::max(facts.height, box.y1 - box.y0);
  }
  return facts;
}

/// Part of the page is missing from what was read, at any number of dots per inch.
Degradation damaged_at(Dpi dpi) { return {dpi, dpi, "damaged"}; }

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
  if (decision.kind == PageKind::Empty && !facts.complaint.empty()) {
    return Error{ErrorKind::Corrupt, "nothing of the page can be shown: " + facts.complaint};
  }
  if (decision.kind == PageKind::Empty) {
    protocol::PageRead blank{reading_of(facts), false};
    blank.reading.is_blank = true;
    return blank;
  }
  if (is_text_allowed && decision.kind == PageKind::Text) {
    protocol::PageRead read = TRY(read_text(facts, decision.layer));
    read.reading.pictures_unread = decision.unread;
    return read;
  }
  if (is_text_allowed && decision.kind == PageKind::Mixed) {
    return read_mixed(facts, decision, request);
  }
  if (!is_text_allowed) {
    decision.keeps_text = false;
    decision.stand_in.reset();
  }
  return read_whole(facts, decision, request);
}

Result<protocol::PageRead> PageReader::read_text(const PageFacts& facts, Document::Layer layer) {
  protocol::PageRead read{reading_of(facts), false};
  read.reading.content = TRY(document_.text_layer(page_index_, layer));
  if (!facts.complaint.empty()) read.reading.degraded = damaged_at(Dpi{});
  return read;
}

Result<DpiChoice> PageReader::plan(const PageFacts& facts, Route route,
                                   const protocol::ReadPage& request) {
  const auto chosen = choose_dpi(dpi_request(facts, route, request));
  if (const auto* too_large = std::get_if<DoesNotFit>(&chosen)) {
    needed_ = too_large->needed;
    limit_ = too_large->limit;
    if (needed_ <= limit_) {
      limit_ = std::min(needed_, largest_raster(too_large->shape, request.pixels_max));
      return too_many_pixels(too_large->shape, request);
    }
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
  (void)TRY(ports_.ask(planned_of(route, *choice)));
  Recognizer* recognizer = TRY(ports_.recognizer());
  Pixels pixels = TRY(make_pixels(facts, route == Route::Image, choice->wished));
  protocol::PageRead read{reading_of(facts), false};
  PageReading& reading = read.reading;
  reading.route = pixels.route;
  reading.dpi = pixels.raster.dpi;
  reading.engine = recognizer->engine();
  reading.degraded = choice->degraded;
  reading.cost.predicted_bytes = choice->cost.peak;
  const bool is_raster_whole = pixels.raster.complaint.empty();
  const std::string complaint = is_raster_whole ? facts.complaint : pixels.raster.complaint;
  // What is wrong with instructions shows in a rendering; an image alone has none but its own.
  const bool is_damaged =
      pixels.is_broken || !is_raster_whole || (pixels.route == Route::Render && !complaint.empty());
  OcrPage page =
      TRY(recognizer->read(std::move(pixels.raster), Standing::Unknown, ports_.progress));
  reading.content = std::move(page.content);
  reading.width = page.width;
  reading.height = page.height;
  reading.turned = page.turned;
  reading.is_blank = page.is_blank;
  reading.confidence = page.confidence;
  read.wants_second_look = page.wants_second_look;
  if (decision.stand_in && reading.confidence.value_or(0) < confidence_min) {
    Result<protocol::PageRead> layer = read_text(facts, *decision.stand_in);
    if (layer && !layer->reading.content.words.empty()) return layer;
  }
  if (decision.keeps_text) {
    PageText stamp = TRY(document_.text_layer(page_index_, Document::Layer::Visible));
    turn_words(stamp, page.turned, facts.width, facts.height);
    reading.content = without_overlaps(reading.content, stamp);
    append_block(reading.content, stamp);
  }
  const bool shows_nothing = reading.content.words.empty() && (page.is_blank || pixels.is_broken);
  if (shows_nothing && !complaint.empty()) {
    return Error{ErrorKind::Corrupt, "nothing of the page can be seen: " + complaint};
  }
  if (is_damaged) reading.degraded = damaged_at(reading.dpi);
  scale_reading(reading, facts.record_scale);
  return read;
}

Result<PageReader::Pixels> PageReader::make_pixels(const PageFacts& facts, bool is_image_wanted,
                                                   Dpi dpi) {
  if (is_image_wanted) {
    Result<Raster> raster = document_.decode_image(page_index_, dpi);
    if (raster) return Pixels{*std::move(raster), Route::Image};
    const bool can_render = facts.width > 0 && document_.type() == DocumentType::Pdf;
    if (!can_render) return raster.error();
    Pixels pixels{TRY(document_.render(page_index_, dpi, std::nullopt)), Route::Render};
    pixels.is_broken = raster.error().kind == ErrorKind::Corrupt;
    if (pixels.is_broken) pixels.raster.complaint = raster.error().what;
    return pixels;
  }
  return Pixels{TRY(document_.render(page_index_, dpi, std::nullopt)), Route::Render};
}

/// As it stands; where that reads badly, upside down if that reads better, with its words where
/// they are displayed.
Result<PageReader::Picture> PageReader::read_picture(Recognizer& recognizer, const Box& box,
                                                     Dpi dpi) {
  Raster raster = TRY(document_.render(page_index_, dpi, box));
  Picture picture;
  picture.is_broken = !raster.complaint.empty();
  picture.page = TRY(recognizer.read(std::move(raster), Standing::Upright, ports_.progress));
  const float confidence = picture.page.confidence.value_or(0);
  const bool has_words = picture.page.content.words.size() >= turned_words_min;
  if (confidence >= confidence_min || !has_words) return picture;
  // Lines that stand on their side are read in either way up; what was read backwards is read anew
  // from the other end. Asking the orientation model would take more memory than was predicted.
  raster = TRY(document_.render(page_index_, dpi, box));
  pixRotate180(raster.pix.get(), raster.pix.get());
  OcrPage other = TRY(recognizer.read(std::move(raster), Standing::Upright, ports_.progress));
  if (other.confidence.value_or(0) <= confidence) return picture;
  turn_words(other.content, 180, other.width, other.height);
  picture.page = std::move(other);
  return picture;
}

Result<protocol::PageRead> PageReader::read_mixed(const PageFacts& facts,
                                                  const RouteDecision& decision,
                                                  const protocol::ReadPage& request) {
  protocol::PageRead read = TRY(read_text(facts, decision.layer));
  PageReading& reading = read.reading;
  const std::vector<Box> pictures = readable_pictures(decision.pictures);
  reading.pictures_unread =
      decision.unread + static_cast<std::uint32_t>(decision.pictures.size() - pictures.size());
  if (pictures.empty()) return read;
  const DpiChoice choice = TRY(plan(largest_part(facts, pictures), Route::Render, request));
  (void)TRY(ports_.ask(planned_of(Route::Mixed, choice)));
  Recognizer* recognizer = TRY(ports_.recognizer());
  reading.route = Route::Mixed;
  reading.dpi = choice.wished;
  reading.engine = "text layer + " + recognizer->engine();
  if (!reading.degraded) reading.degraded = choice.degraded;
  reading.cost.predicted_bytes = choice.cost.peak;
  for (const Box& box : pictures) {
    Picture picture = TRY(read_picture(*recognizer, box, choice.wished));
    if (picture.is_broken) reading.degraded = damaged_at(choice.wished);
    OcrPage& page = picture.page;
    if (page.confidence.value_or(0) < picture_confidence_min) continue;
    move_words(page.content, box.x0, box.y0);
    append_block(reading.content, without_overlaps(page.content, reading.content));
  }
  return read;
}

}  // namespace civicum
