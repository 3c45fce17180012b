// SPDX-License-Identifier: GPL-3.0-or-later
#include "ocr/recognizer.h"

#include <malloc.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "document/library_errors.h"
#include "ocr/coverage.h"
#include "ocr/engine.h"
#include "ocr/line_cleanup.h"
#include "ocr/mail_words.h"
#include "ocr/page_image.h"
#include "ocr/page_text.h"
#include "ocr/reading_order.h"

namespace civicum {
namespace {

/// A page whose letters do not tell which way is up is taken as upright, unless it reads worse than
/// this: then the orientation model is asked, which costs 34 MB and a quarter of a second.
constexpr float upright_confidence_min = 0.75F;

/// A page's picture and what is known of its ink.
struct Print {
  Raster raster;
  PixPtr black;
  InkFacts ink;
};

Print look_at(Raster raster) {
  PixPtr black = binarize(*raster.pix);
  const InkFacts ink = measure_ink(black);
  return {std::move(raster), std::move(black), ink};
}

class TesseractRecognizer final : public Recognizer {
 public:
  TesseractRecognizer(LanguageData data, Engine engine)
      : data_(std::move(data)), name_(engine.name()), engine_(std::move(engine)) {}

  std::string engine() const override { return name_; }
  Result<OcrPage> read(Raster raster, Standing standing, const ProgressSink& on_progress) override;

 private:
  Result<OcrPage> read_once(Raster raster, Standing standing, const ProgressSink& on_progress);
  Result<std::vector<RecognizedBlock>> recognize(Raster raster, const ProgressSink& on_progress);
  Status read_mail_addresses(std::vector<RecognizedBlock>& blocks, Dpi dpi);
  Result<OcrPage> read_any_way_up(Print print, const ProgressSink& on_progress);
  Result<std::uint16_t> ask_orientation_model(const Raster& raster);
  /// Makes room for another model; what the engine held goes back to the system at once.
  void unload() {
    engine_.reset();
    ::malloc_trim(0);
  }
  Result<OcrPage> read_print(Print print, std::uint16_t degrees, const ProgressSink& on_progress);

  LanguageData data_;
  std::string name_;
  std::optional<Engine> engine_;  ///< empty only where loading it anew failed
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

/// Tesseract reads some lines that run upwards or downwards as they stand: its words are then tall.
bool is_sideways(const PageText& content) {
  constexpr std::uint32_t long_word_bytes = 4;
  int tall = 0;
  for (const Word& word : content.words) {
    if (word.end - word.begin < long_word_bytes) continue;
    tall += word.box.y1 - word.box.y0 > word.box.x1 - word.box.x0 ? 1 : -1;
  }
  return tall > 0;
}

/// A page on which text can be told from dirt, or none.
std::optional<Print> take_out_dirt(Raster raster) {
  Print print = look_at(std::move(raster));
  if (is_inverted(print.ink)) print = look_at(invert(std::move(print.raster)));
  if (is_speckled(print.ink, print.raster)) {
    print = look_at(take_out_specks(std::move(print.raster)));
  }
  if (is_speckled(print.ink, print.raster)) {
    print = look_at(take_out_small_shapes(std::move(print.raster)));
  }
  if (is_speckled(print.ink, print.raster)) return std::nullopt;
  return print;
}

/// Small print and low confidence are read better with more pixels; 300 dpi is as far as it helps.
bool wants_second_look(const OcrPage& page, const std::vector<RecognizedBlock>& blocks,
                       std::uint32_t dpi) {
  constexpr std::uint32_t dpi_enough = 280;
  constexpr float confidence_min = 0.85F;
  // 8-point print at 200 dpi. On the corpus (9 to 11 points) the figure is 17 and more.
  constexpr int word_height_min = 15;
  if (dpi >= dpi_enough || page.content.words.empty()) return false;
  return page.confidence.value_or(1) < confidence_min ||
         median_word_height(blocks) < word_height_min;
}

/// How much was read, letter by letter as sure as it is; unsure words do not count.
float sure_letters(const OcrPage& page) {
  constexpr float sure = 0.7F;
  float sum = 0;
  for (const Word& word : page.content.words) {
    const float confidence = word.confidence.value_or(0);
    if (confidence >= sure) sum += confidence * static_cast<float>(word.end - word.begin);
  }
  return sum;
}

Result<OcrPage> TesseractRecognizer::read(Raster raster, Standing standing,
                                          const ProgressSink& on_progress) {
  // Less could be noise that evening out has made of nothing.
  constexpr float letters_min = 20;
  constexpr float gain_min = 1.1F;
  library_errors::begin_page();
  if (raster.pix == nullptr || raster.dpi.value == 0) {
    return Error{ErrorKind::BadInput, "a page without a picture cannot be recognised"};
  }
  if (!engine_) engine_ = TRY(Engine::load(data_, data_.languages()));
  const std::optional<int> lost = find_lost_contrast(*raster.pix);
  Raster evened = lost ? even_out(raster, *lost) : Raster{};
  OcrPage page = TRY(read_once(std::move(raster), standing, on_progress));
  if (evened.pix) {
    OcrPage again = TRY(read_once(std::move(evened), standing, on_progress));
    if (sure_letters(again) > letters_min + gain_min * sure_letters(page)) page = std::move(again);
  }
  TRY(library_errors::verdict());
  return page;
}

Result<OcrPage> TesseractRecognizer::read_once(Raster raster, Standing standing,
                                               const ProgressSink& on_progress) {
  OcrPage page;
  measure_page(page, raster);
  std::optional<Print> print = take_out_dirt(std::move(raster));
  if (print) page.is_blank = is_blank(print->ink);
  if (print && !page.is_blank) {
    page = TRY(standing == Standing::Upright ? read_print(*std::move(print), 0, on_progress)
                                             : read_any_way_up(*std::move(print), on_progress));
    engine_->clear();
  }
  return page;
}

Result<OcrPage> TesseractRecognizer::read_any_way_up(Print print, const ProgressSink& on_progress) {
  if (const auto degrees = detect_turn(print.black, print.raster.dpi)) {
    return read_print(std::move(print), *degrees, on_progress);
  }
  Print again{{PixPtr(pixClone(print.raster.pix.get())), print.raster.dpi},
              PixPtr(pixClone(print.black.get())),
              print.ink};
  OcrPage page = TRY(read_print(std::move(print), 0, on_progress));
  const bool reads_well = page.confidence.value_or(0) >= upright_confidence_min;
  if (reads_well && !is_sideways(page.content)) return page;
  const std::uint16_t degrees = TRY(ask_orientation_model(again.raster));
  if (degrees == 0) return page;
  return read_print(std::move(again), degrees, on_progress);
}

/// The engine makes room for the model and is loaded anew behind it: 60 ms, so that a page needs
/// no more memory than was predicted for reading it. Both at once would take 34 MB more.
Result<std::uint16_t> TesseractRecognizer::ask_orientation_model(const Raster& raster) {
  unload();
  const std::uint16_t degrees = detect_turn_by_model(data_, raster).value_or(0);
  engine_ = TRY(Engine::load(data_, data_.languages()));
  return degrees;
}

Result<std::vector<RecognizedBlock>> TesseractRecognizer::recognize(
    Raster raster, const ProgressSink& on_progress) {
  const Dpi dpi = raster.dpi;
  const PixelBox sheet{0, 0, pixGetWidth(raster.pix.get()), pixGetHeight(raster.pix.get())};
  std::vector<RecognizedBlock> blocks = engine_->recognize(std::move(raster), on_progress);
  drop_strokes(blocks);
  PixPtr black = engine_->thresholded();
  restore_bullets(blocks, [&](const PixelBox& box) { return is_solid_mark(black, box); });
  for (const PixelBox& region : find_missed_text(std::move(black), blocks)) {
    std::vector<RecognizedBlock> found = engine_->recognize_part(intersect(region, sheet));
    keep_sure_lines(found);
    for (RecognizedBlock& block : found) insert_by_place(blocks, std::move(block));
  }
  TRY(read_mail_addresses(blocks, dpi));
  return join_rows(std::move(blocks));
}

/// As with the orientation model, the engine makes room: two models at once would take 15 MB more
/// than was predicted.
Status TesseractRecognizer::read_mail_addresses(std::vector<RecognizedBlock>& blocks, Dpi dpi) {
  std::vector<MailSuspect> suspects = find_mail_suspects(blocks);
  if (suspects.empty() || !data_.has(LanguageData::mail_model)) return Done{};
  const PixPtr picture = engine_->picture();
  if (picture == nullptr) return Done{};
  const PixelBox sheet{0, 0, pixGetWidth(picture.get()), pixGetHeight(picture.get())};
  unload();
  {
    Engine engine = TRY(Engine::load(data_, std::string(LanguageData::mail_model)));
    // Backwards: what is adopted changes the places behind it in its line.
    for (; !suspects.empty(); suspects.pop_back()) {
      const MailSuspect& suspect = suspects.back();
      const PixelBox part = intersect(suspect.box, sheet);
      std::vector<RecognizedWord> words = engine.recognize_line({clip(picture, part), dpi});
      for (RecognizedWord& word : words) word.box = moved(word.box, part.x0, part.y0);
      adopt_mail_address(blocks[suspect.block].lines[suspect.line], suspect.word, words);
    }
  }
  engine_ = TRY(Engine::load(data_, data_.languages()));
  return Done{};
}

Result<OcrPage> TesseractRecognizer::read_print(Print print, std::uint16_t degrees,
                                                const ProgressSink& on_progress) {
  auto [raster, black, ink] = std::move(print);
  OcrPage page;
  page.turned = degrees;
  if (page.turned != 0) {
    raster.pix = turn(std::move(raster.pix), page.turned);
    black = turn(std::move(black), page.turned);
  }
  measure_page(page, raster);
  Sheet sheet;
  sheet.points_per_pixel = 72.0F / static_cast<float>(raster.dpi.value);
  sheet.width_px = pixGetWidth(raster.pix.get());
  sheet.height_px = pixGetHeight(raster.pix.get());
  if (const float skew = detect_skew(black); skew != 0) {
    Deskewed level = deskew(std::move(raster.pix), skew);
    raster.pix = std::move(level.pix);
    sheet.skew_degrees = level.degrees;
  }
  black.reset();
  page.skew_degrees = sheet.skew_degrees;
  sheet.level_width_px = pixGetWidth(raster.pix.get());
  sheet.level_height_px = pixGetHeight(raster.pix.get());
  const std::uint32_t dpi = raster.dpi.value;
  std::vector<RecognizedBlock> blocks = TRY(recognize(std::move(raster), on_progress));
  page.content = to_page_text(blocks, sheet);
  page.is_blank = page.content.words.empty() && is_nearly_blank(ink);
  page.confidence = mean_confidence(page.content);
  page.wants_second_look = wants_second_look(page, blocks, dpi);
  return page;
}

}  // namespace

Result<LanguageData> open_language_data(const std::string& languages) {
  const std::string first = languages.substr(0, languages.find('+'));
  return LanguageData::open(languages, TRY(find_tessdata(first)));
}

Result<std::unique_ptr<Recognizer>> make_recognizer(LanguageData data) {
  library_errors::watch_leptonica();
  Engine engine = TRY(Engine::load(data, data.languages()));
  return std::unique_ptr<Recognizer>(
      std::make_unique<TesseractRecognizer>(std::move(data), std::move(engine)));
}

}  // namespace civicum
