// SPDX-License-Identifier: GPL-3.0-or-later
// A PDF or an image file as pages. Reader only: hostile input is parsed here, in a process that can
// be thrown away. Two implementations: pdf_document.cpp (Poppler) and image_document.cpp (JPEG,
// PNG, TIFF, one or many pages).
//
// Errors of a page, as GapReason: Corrupt → damaged, TooLarge → too_large, OutOfMemory →
// out_of_memory, Denied → encrypted, BadInput → unsupported.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "base/page.h"
#include "base/result.h"
#include "document/bitmap.h"

namespace civicum {

enum class ImageEncoding : std::uint8_t { Jpeg, Jpeg2000, Ccitt, Png, Tiff, Other };

/// The one image that covers a page, or an image file's page.
struct FullPageImage {
  std::uint32_t width_px = 0;
  std::uint32_t height_px = 0;
  std::uint32_t bits_per_pixel = 8;
  ImageEncoding encoding = ImageEncoding::Other;
  Dpi dpi;                    ///< on the page
  bool is_decodable = false;  ///< its bytes can be decoded as they are, without rendering the page
  bool is_progressive = false;   ///< progressive JPEG, interlaced PNG: the decoder keeps it whole
  double samples_per_pixel = 1;  ///< of a progressive JPEG: colour is mostly sampled more coarsely
};

/// What a page holds, found without decoding a pixel.
struct PageFacts {
  float width = 0;  ///< points of the upright page (after /Rotate)
  float height = 0;
  /// Multiply boxes and the page's size by this for the record. Not 1 only where one image makes a
  /// page of an absurd size: it is given a believable one here, so that dpi mean what they say.
  double record_scale = 1;
  std::uint32_t visible_chars = 0;
  std::uint32_t invisible_chars = 0;
  std::uint32_t letter_count = 0;  ///< Latin letters of the text layer
  double vowel_share = 0;          ///< of the letters
  double stop_word_rate = 0;       ///< of the words, Spanish and English
  double unmapped_share = 0;       ///< of the glyphs: without Unicode, control or private use
  double image_cover = 0;          ///< of the page's area, 0…1
  std::uint32_t path_count = 0;    ///< filled or stroked paths: outlines of letters count too
  std::optional<FullPageImage> image;
  std::vector<Box> pictures;            ///< images worth reading beside a text layer
  std::uint32_t pictures_unlisted = 0;  ///< more of them, beyond what is listed
  Bytes decoder_bytes;                  ///< held of a picture while the page is rendered
  std::string complaint;                ///< an image that nobody can draw; empty: none is known
};

struct OpenFailure {
  OpenError reason = OpenError::Damaged;
  std::string detail;
};

struct PageList {
  std::uint32_t count = 0;
  std::set<std::uint32_t> lost;  ///< indices of pages of which nothing is there
};

class Document {
 public:
  virtual ~Document() = default;
  virtual DocumentType type() const = 0;
  virtual const PageList& pages() const = 0;
  /// What lies on the page. Cheap: no pixel is decoded.
  virtual Result<PageFacts> inventory(std::uint32_t page_index) = 0;
  /// The page's text layer in reading order, visible text only unless `with_invisible`.
  enum class Layer : std::uint8_t { Visible, All };
  virtual Result<PageText> text_layer(std::uint32_t page_index, Layer layer) = 0;
  /// The full-page image, decoded without rendering, upright as the page is displayed, grey or
  /// 1-bit, brought to about `dpi` (a 1-bit image of 200 to 300 dpi stays as it is). BadInput where
  /// it cannot be: then render.
  virtual Result<Raster> decode_image(std::uint32_t page_index, Dpi dpi) = 0;
  /// The page (or the part of it in `clip`) rendered to 8-bit grey.
  virtual Result<Raster> render(std::uint32_t page_index, Dpi dpi,
                                const std::optional<Box>& clip) = 0;
};

using OpenedDocument = std::variant<std::unique_ptr<Document>, OpenFailure>;

/// Opens by content, not by name. `fd` is borrowed for the document's life, read with pread or
/// mapped. Before or after the sandbox closes: only fonts, fontconfig's and Poppler's data are
/// opened by path.
OpenedDocument open_document(int fd, const std::string& password);

/// Does now what open_document would do once: loads the libraries' tables, takes their messages.
void prepare_document_libraries();

}  // namespace civicum
