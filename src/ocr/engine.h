// SPDX-License-Identifier: GPL-3.0-or-later
// Tesseract, loaded once from memory and kept: a prepared picture in, lines of words out. Knows
// nothing of pages, skew or points; page_image.h prepares, recognizer.h conducts.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "document/bitmap.h"
#include "ocr/language_data.h"
#include "ocr/recognized.h"

namespace civicum {

using ProgressSink = std::function<void(std::uint32_t)>;  ///< 0…1000

class Engine {
 public:
  /// Loads the languages (about 60 ms, 15 MB). Opens nothing by path. Corrupt where Tesseract
  /// refuses the data.
  static Result<Engine> load(const LanguageData& data, const std::string& languages);
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;
  ~Engine();

  /// "tesseract 5.3.0 spa"
  const std::string& name() const { return name_; }
  /// Text of a grey or 1-bit picture; consumes it, to hold one copy less. Blocks come in
  /// Tesseract's order, the words of a line in reading order.
  std::vector<RecognizedBlock> recognize(Raster raster, const ProgressSink& on_progress);
  /// The 1-bit picture of the last recognize(), shared with the engine: once it has been drawn on,
  /// only recognize_part() may follow.
  PixPtr thresholded() const;
  /// The picture of the last recognize(), shared with the engine; it outlives it.
  PixPtr picture() const;
  /// The words of a picture of one line.
  std::vector<RecognizedWord> recognize_line(Raster raster);
  /// Reads a part of the last picture again, as one block of lines.
  std::vector<RecognizedBlock> recognize_part(const PixelBox& part);
  /// Frees what the last recognize() held, and gives the memory back to the system.
  void clear();

 private:
  struct State;
  explicit Engine(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
  std::string name_;
};

/// Degrees clockwise (0, 90, 180, 270) that set the picture upright, by Tesseract's orientation
/// model (about 300 ms, 34 MB for the time of the call). Empty where the model is not installed or
/// is not sure.
std::optional<std::uint16_t> detect_turn_by_model(const LanguageData& data, const Raster& raster);

}  // namespace civicum
