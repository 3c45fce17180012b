// SPDX-License-Identifier: GPL-3.0-or-later
// The document as a PDF whose pages can be searched: the original's pages with their own bytes and,
// under them, the words that OCR found, invisible and at their places. An image file becomes a PDF
// around the same image. Reader only; opens nothing by path.
//
// What stays: every stream of the original as it was coded, its encryption, its layout of objects.
// What cannot: a digital signature, which no changed file keeps. An invisible layer that was there
// before stays too.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/page.h"
#include "base/result.h"
#include "document/document.h"

namespace civicum {

struct LayerPage {
  std::uint32_t page_index = 0;
  float width = 0;  ///< points of the upright page
  float height = 0;
  std::uint16_t turned = 0;  ///< as in PageReading
  Route route = Route::Text;
  PageText content;
};

/// The pages that were read, ascending; empty at their end. Gaps may be left out.
using LayerPages = std::function<Result<std::optional<LayerPage>>()>;

/// All borrowed for the call.
struct LayerSource {
  int document_fd = -1;
  const std::string& password;
  const PageList& pages;
};

/// A page that is lost becomes a blank one, so that those behind it keep their numbers. Pages of
/// the text route get no words; of a mixed page, those with a confidence (OCR's own) do.
/// `output_fd` is borrowed. Denied: the password does not open it; Corrupt: a PDF that qpdf
/// cannot rewrite, or a broken picture; BadInput: neither PDF nor image; TooLarge, Unavailable: a
/// picture that is not decoded; OutOfMemory; errors of `pages`; errors of writing by their errno.
Status write_pdf_layer(const LayerSource& source, int output_fd, const LayerPages& pages,
                       const std::function<void(std::uint32_t permille)>& on_progress);

}  // namespace civicum
