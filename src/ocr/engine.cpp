// SPDX-License-Identifier: GPL-3.0-or-later
#include "ocr/engine.h"

#include <malloc.h>
#include <tesseract/baseapi.h>
#include <tesseract/ocrclass.h>
#include <tesseract/resultiterator.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/text.h"
#include "ocr/inner_threads.h"

namespace civicum {
namespace {

/// Tesseract's FileReader has no context, so the data it may read is named here while it loads.
const LanguageData* served_data = nullptr;

bool serve_file(const char* file_name, std::vector<char>* out) {
  return served_data != nullptr && file_name != nullptr && served_data->read(file_name, *out);
}

/// 0 where Tesseract accepted the data.
int init_from_memory(tesseract::TessBaseAPI& api, const LanguageData& data,
                     const std::string& languages, tesseract::OcrEngineMode mode) {
  served_data = &data;
  const int refused =
      api.Init("", 0, languages.c_str(), mode, nullptr, 0, nullptr, nullptr, false, serve_file);
  served_data = nullptr;
  return refused;
}

struct Watch {
  tesseract::ETEXT_DESC monitor;
  const ProgressSink& sink;
};

/// Called once per word. Never cancels: a page that takes too long is ended from outside.
bool report_progress(void* watch, int) {
  const auto& now = *static_cast<const Watch*>(watch);
  const int percent = std::clamp<int>(now.monitor.progress, 0, 100);
  now.sink(static_cast<std::uint32_t>(percent) * 10);
  return false;
}

std::optional<RecognizedWord> word_at(const tesseract::ResultIterator& at) {
  const std::unique_ptr<char[]> text(at.GetUTF8Text(tesseract::RIL_WORD));
  RecognizedWord word;
  if (text == nullptr || !at.BoundingBox(tesseract::RIL_WORD, &word.box.x0, &word.box.y0,
                                         &word.box.x1, &word.box.y1)) {
    return std::nullopt;
  }
  word.text = clean_utf8(text.get());
  std::erase_if(word.text, [](char c) { return c == ' ' || c == '\n' || c == '\t'; });
  if (word.text.empty()) return std::nullopt;
  word.confidence = std::clamp(at.Confidence(tesseract::RIL_WORD) / 100.0F, 0.0F, 1.0F);
  return word;
}

void append_word(std::vector<RecognizedBlock>& blocks, RecognizedWord word,
                 const tesseract::ResultIterator& at) {
  const bool starts_block = at.IsAtBeginningOf(tesseract::RIL_PARA) || blocks.empty();
  const bool starts_line = starts_block || at.IsAtBeginningOf(tesseract::RIL_TEXTLINE);
  if (starts_block) blocks.push_back({{}, word.box});
  RecognizedBlock& block = blocks.back();
  if (starts_line || block.lines.empty()) block.lines.push_back({{}, word.box});
  RecognizedLine& line = block.lines.back();
  line.box = unite(line.box, word.box);
  block.box = unite(block.box, word.box);
  line.words.push_back(std::move(word));
}

std::vector<RecognizedBlock> collect_blocks(tesseract::TessBaseAPI& api) {
  std::vector<RecognizedBlock> blocks;
  const std::unique_ptr<tesseract::ResultIterator> at(api.GetIterator());
  if (at == nullptr) return blocks;
  do {
    if (at->Empty(tesseract::RIL_WORD)) continue;
    if (auto word = word_at(*at)) append_word(blocks, *std::move(word), *at);
  } while (at->Next(tesseract::RIL_WORD));
  return blocks;
}

}  // namespace

struct Engine::State {
  tesseract::TessBaseAPI api;
};

Engine::Engine(std::unique_ptr<State> state) : state_(std::move(state)) {}
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;
Engine::~Engine() = default;

Result<Engine> Engine::load(const LanguageData& data, const std::string& languages) {
  // Tesseract's messages stay on stderr, which is the null device in a reader: from 5.5 on it opens
  // another file at its first message, when nothing can be opened any more, and prints to NULL.
  forbid_inner_threads();
  Engine engine(std::make_unique<State>());
  if (init_from_memory(engine.state_->api, data, languages, tesseract::OEM_LSTM_ONLY) != 0) {
    return Error{ErrorKind::Corrupt, "Tesseract refuses the language data of '" + languages + "'"};
  }
  engine.name_ = std::string("tesseract ") + tesseract::TessBaseAPI::Version() + " " + languages;
  ::malloc_trim(0);
  return engine;
}

std::vector<RecognizedBlock> Engine::recognize(Raster raster, const ProgressSink& on_progress) {
  tesseract::TessBaseAPI& api = state_->api;
  api.SetPageSegMode(tesseract::PSM_AUTO);
  api.SetImage(raster.pix.get());
  api.SetSourceResolution(static_cast<int>(raster.dpi.value));
  raster.pix.reset();  // SetImage made a copy
  Watch watch{{}, on_progress};
  if (on_progress) {
    watch.monitor.cancel = report_progress;
    watch.monitor.cancel_this = &watch;
  }
  return api.Recognize(&watch.monitor) == 0 ? collect_blocks(api) : std::vector<RecognizedBlock>{};
}

std::vector<RecognizedBlock> Engine::recognize_part(const PixelBox& part) {
  tesseract::TessBaseAPI& api = state_->api;
  api.SetPageSegMode(tesseract::PSM_SINGLE_BLOCK);
  api.SetRectangle(part.x0, part.y0, part.width(), part.height());
  return api.Recognize(nullptr) == 0 ? collect_blocks(api) : std::vector<RecognizedBlock>{};
}

std::vector<RecognizedWord> Engine::recognize_line(Raster raster) {
  tesseract::TessBaseAPI& api = state_->api;
  api.SetPageSegMode(tesseract::PSM_SINGLE_LINE);
  api.SetImage(raster.pix.get());
  api.SetSourceResolution(static_cast<int>(raster.dpi.value));
  std::vector<RecognizedWord> words;
  if (api.Recognize(nullptr) != 0) return words;
  for (RecognizedBlock& block : collect_blocks(api)) {
    for (RecognizedLine& line : block.lines)
      std::ranges::move(line.words, std::back_inserter(words));
  }
  return words;
}

PixPtr Engine::picture() const { return PixPtr(pixClone(state_->api.GetInputImage())); }

PixPtr Engine::thresholded() const { return PixPtr(state_->api.GetThresholdedImage()); }

void Engine::clear() {
  state_->api.Clear();
  ::malloc_trim(0);
}

/// Larger rasters are halved for it: their letters are large, or it is the memory that is missing.
constexpr std::int64_t model_pixels_max = 12'000'000;

std::optional<std::uint16_t> detect_turn_by_model(const LanguageData& data, const Raster& raster) {
  const std::string model(LanguageData::orientation_model);
  if (!data.has(model)) return std::nullopt;
  tesseract::TessBaseAPI api;
  if (init_from_memory(api, data, model, tesseract::OEM_TESSERACT_ONLY) != 0) return std::nullopt;
  api.SetPageSegMode(tesseract::PSM_OSD_ONLY);
  const auto pixels = std::int64_t{pixGetWidth(raster.pix.get())} * pixGetHeight(raster.pix.get());
  const bool is_large = pixels > model_pixels_max;
  const PixPtr half(is_large ? pixScale(raster.pix.get(), 0.5F, 0.5F) : pixClone(raster.pix.get()));
  if (!half) return std::nullopt;
  api.SetImage(half.get());
  api.SetSourceResolution(static_cast<int>(raster.dpi.value / (is_large ? 2 : 1)));
  int turned = 0;
  float turn_confidence = 0;
  const char* script = nullptr;
  float script_confidence = 0;
  if (!api.DetectOrientationScript(&turned, &turn_confidence, &script, &script_confidence)) {
    return std::nullopt;
  }
  // Below this Tesseract's own command line calls the page undecided.
  constexpr float confidence_min = 2.0F;
  if (turn_confidence < confidence_min) return std::nullopt;
  // Tesseract says how far the page was turned; the cure is the rest of the circle.
  return static_cast<std::uint16_t>((360 - turned) % 360);
}

}  // namespace civicum
