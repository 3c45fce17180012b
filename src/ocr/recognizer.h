// SPDX-License-Identifier: GPL-3.0-or-later
// A page's raster into words: set upright, deskew, clean, recognise. Reader only. One Tesseract
// engine, kept loaded. The environment must hold OMP_THREAD_LIMIT=1 from before exec (libgomp reads
// it in its constructor).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/page.h"
#include "base/result.h"
#include "document/bitmap.h"
#include "ocr/language_data.h"

namespace civicum {

struct OcrPage {
  PageText content;  ///< boxes in points of the upright (turned) page
  float width = 0;   ///< points of the page after turning
  float height = 0;
  std::uint16_t turned = 0;  ///< degrees clockwise that set it upright: 0, 90, 180, 270
  float skew_degrees = 0;    ///< found and taken out; boxes are those before deskewing
  bool is_blank = false;
  std::optional<float> confidence;  ///< 0…1, mean over words; empty without words
  bool wants_second_look = false;   ///< small print or low confidence: read again at 300 dpi
};

/// Whether it is known which way is up. A picture beside upright text stands as it is.
enum class Standing : std::uint8_t { Unknown, Upright };

class Recognizer {
 public:
  virtual ~Recognizer() = default;
  /// "tesseract 5.3.0 spa"
  virtual std::string engine() const = 0;
  /// Reads a raster, set upright first where `standing` is unknown. `on_progress` is called with
  /// 0…1000 whenever there was progress. OutOfMemory or Corrupt where a library complained, even if
  /// it returned text (ocr.md §10: they lie).
  virtual Result<OcrPage> read(Raster raster, Standing standing,
                               const std::function<void(std::uint32_t)>& on_progress) = 0;
};

/// Language data of "spa", or "spa+eng", from the installed tessdata folder, and osd for
/// orientation where it is installed; to be opened before the sandbox closes. NotFound where a
/// language's file is missing; says which package brings it.
Result<LanguageData> open_language_data(const std::string& languages);
/// Loads the engine (about 60 ms, 15 MB). Opens nothing by path, then or later, so it may be called
/// before or after the sandbox closes. Tesseract talks on stderr: make that the null device.
Result<std::unique_ptr<Recognizer>> make_recognizer(LanguageData data);

}  // namespace civicum
