// SPDX-License-Identifier: GPL-3.0-or-later
#include "ocr/recognizer.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "document/library_errors.h"
#include "ocr/engine.h"
#include "ocr/line_cleanup.h"
#include "ocr/page_image.h"
#include "ocr/page_text.h"

namespace civicum {
namespace {

/// Below dpi_low a source is brought to dpi_wanted: at 150 dpi that halves the missed words.
constexpr Dpi dpi_low{170};
constexpr Dpi dpi_wanted{200};

class TesseractRecognizer final : public Recognizer {
 public:
  TesseractRecognizer(LanguageData data, Engine engine)
      : data_(std::move(data)), engine_(std::move(engine)) {}

  std::string engine() const override { return engine_.name(); }
  Result<OcrPage> read(Raster raster, const ProgressSink& on_progress) override;

 private:
  OcrPage read_print(Raster raster, PixPtr black, const ProgressSink& on_progress);
  std::uint16_t find_turn(const PixPtr& black, const Raster& raster);

  LanguageData data_;
  Engine engine_;
};

void measure_page(OcrPage& page, const Raster& raster) {
  const float scale = 72.0F / static_cast<float>(raster.dpi.value);
  page.width = scale * static_cast<float>(pixGetWidth(raster.pix.get()));
  page.height = scale * static_cast<float>(pixGetHeight(raster.pix.get()));
}

std::optional<float> mean_confidence(const PageText& content) {
  if (content.words.empty()) return std::nullopt;
  float sum = 0;
  for (const Word& word : content.words) sum += word.confidence.value_or(0);
  return sum / static_cast<float>(content.words.size());
}

Result<OcrPage> TesseractRecognizer::read(Raster raster, const ProgressSink& on_progress) {
  library_errors::begin_page();
  if (raster.pix == nullptr || raster.dpi.value == 0) {
    return Error{ErrorKind::BadInput, "a page without a picture cannot be recognised"};
  }
  if (raster.dpi < dpi_low) raster = enlarge(std::move(raster), dpi_wanted);
  PixPtr black = binarize(*raster.pix);
  const InkFacts ink = measure_ink(black);
  OcrPage page;
  if (is_blank(ink)) {
    page.is_blank = true;
    measure_page(page, raster);
  } else {
    if (is_speckled(ink, raster)) {
      raster = despeckle(std::move(raster));
      black = binarize(*raster.pix);
    }
    page = read_print(std::move(raster), std::move(black), on_progress);
    engine_.clear();
  }
  TRY(library_errors::verdict());
  return page;
}

std::uint16_t TesseractRecognizer::find_turn(const PixPtr& black, const Raster& raster) {
  if (const auto degrees = detect_turn(black, raster.dpi)) return *degrees;
  return detect_turn_by_model(data_, raster).value_or(0);
}

OcrPage TesseractRecognizer::read_print(Raster raster, PixPtr black,
                                        const ProgressSink& on_progress) {
  OcrPage page;
  page.turned = find_turn(black, raster);
  if (page.turned != 0) {
    raster.pix = turn(std::move(raster.pix), page.turned);
    black = turn(std::move(black), page.turned);
  }
  measure_page(page, raster);
  Sheet sheet;
  sheet.points_per_pixel = 72.0F / static_cast<float>(raster.dpi.value);
  sheet.width_px = pixGetWidth(raster.pix.get());
  sheet.height_px = pixGetHeight(raster.pix.get());
  if (const float degrees = detect_skew(black); degrees != 0) {
    Deskewed level = deskew(std::move(raster.pix), degrees);
    raster.pix = std::move(level.pix);
    sheet.skew_degrees = level.degrees;
  }
  black.reset();
  page.skew_degrees = sheet.skew_degrees;
  sheet.level_width_px = pixGetWidth(raster.pix.get());
  sheet.level_height_px = pixGetHeight(raster.pix.get());
  auto blocks = engine_.recognize(std::move(raster), Segmentation::Page, on_progress);
  drop_strokes(blocks);
  const PixPtr thresholded = engine_.thresholded();
  restore_bullets(blocks, [&](const PixelBox& box) { return is_solid_mark(thresholded, box); });
  page.content = to_page_text(blocks, sheet);
  page.confidence = mean_confidence(page.content);
  page.wants_second_look = page.confidence && *page.confidence < 0.85F;
  return page;
}

}  // namespace

Result<LanguageData> open_language_data(const std::string& languages) {
  const std::string first = languages.substr(0, languages.find('+'));
  return LanguageData::open(languages, TRY(find_tessdata(first)));
}

Result<std::unique_ptr<Recognizer>> make_recognizer(LanguageData data) {
  library_errors::watch_leptonica();
  Engine engine = TRY(Engine::load(data));
  return std::unique_ptr<Recognizer>(
      std::make_unique<TesseractRecognizer>(std::move(data), std::move(engine)));
}

}  // namespace civicum
