// SPDX-License-Identifier: GPL-3.0-or-later
// One page from facts to words: inventory, route, plan, pixels, OCR. What DESIGN §4 says of a page,
// in order.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <variant>

#include "base/result.h"
#include "document/document.h"
#include "document/route.h"
#include "host/process.h"
#include "ocr/recognizer.h"
#include "plan/page_cost.h"
#include "protocol/messages.h"

namespace civicum {

/// What page reading needs of the world outside: to tell its plan and be let go, to show progress,
/// to have an engine.
struct PageReaderPorts {
  /// Sends the plan and blocks until it may go on; an error where the parent is gone.
  std::function<Status(const protocol::Planned&)> ask;
  std::function<void(std::uint32_t permille)> progress;
  /// Loads the engine at its first call.
  std::function<Result<Recognizer*>()> recognizer;
};

class PageReader {
 public:
  PageReader(Document& document, PageReaderPorts ports, SelfMeter& meter)
      : document_(document), ports_(std::move(ports)), meter_(meter) {}

  std::variant<protocol::PageRead, protocol::PageFailed> read(const protocol::ReadPage& request);

 private:
  struct Pixels {
    Raster raster;
    Route route;
    bool is_broken = false;  ///< rendered because the page's image could not be decoded
  };
  struct Picture {
    OcrPage page;
    bool is_broken = false;  ///< its data are broken, or a part is missing
  };
  Result<Picture> read_picture(Recognizer& recognizer, const Box& box, Dpi dpi);
  Result<protocol::PageRead> read_by_route(const protocol::ReadPage& request);
  Result<protocol::PageRead> read_text(const PageFacts& facts, Document::Layer layer);
  Result<protocol::PageRead> read_whole(const PageFacts& facts, const RouteDecision& decision,
                                        const protocol::ReadPage& request);
  Result<protocol::PageRead> read_mixed(const PageFacts& facts, const RouteDecision& decision,
                                        const protocol::ReadPage& request);
  Result<Pixels> make_pixels(const PageFacts& facts, bool is_image_wanted, Dpi dpi);
  Result<DpiChoice> plan(const PageFacts& facts, Route route, const protocol::ReadPage& request);
  protocol::PageFailed failure_of(const Error& error) const;

  Document& document_;
  PageReaderPorts ports_;
  SelfMeter& meter_;
  std::uint32_t page_index_ = 0;
  Bytes needed_;  ///< of the plan that did not fit, for the gap's numbers
  Bytes limit_;
};

}  // namespace civicum
