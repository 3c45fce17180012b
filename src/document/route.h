// SPDX-License-Identifier: GPL-3.0-or-later
// What to do with a page, from what lies on it. Pure; the thresholds were measured on 1,048 sound
// and 577 broken text layers and on 72 mixed and scanned pages (bench/results/text_layer.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "document/document.h"

namespace civicum {

enum class PageKind : std::uint8_t {
  Empty,   ///< nothing is drawn: blank
  Text,    ///< take the text layer
  Image,   ///< decode the full-page image, OCR it
  Render,  ///< render the page, OCR it
  Mixed    ///< take the text layer, and OCR the pictures
};

struct RouteDecision {
  PageKind kind = PageKind::Render;
  /// Which text is kept: all of it where an older OCR layer is good enough.
  Document::Layer layer = Document::Layer::Visible;
  /// Image and Render: the visible text stands beside what OCR finds elsewhere (a stamp on a scan).
  bool keeps_text = false;
  /// Image and Render: the text that stands in where OCR finds none, or reads badly.
  std::optional<Document::Layer> stand_in = {};
  std::vector<Box> pictures = {};  ///< Mixed: what to render and OCR
  std::uint32_t unread = 0;        ///< pictures beside the text that stay unread
  std::string_view reason = {};    ///< "no text", "garbled text layer" …
};

/// What text is worth on this page.
RouteDecision decide_route(const PageFacts& facts);

}  // namespace civicum
