// SPDX-License-Identifier: GPL-3.0-or-later
// The summary that needs no model: the sentences of the document that stand for the rest of it.
// Pages come in one by one and are not kept; at most 1,000 candidate sentences are. Pure and total:
// any text gives a summary, the same text the same one.
//
// The way: lines → (headers, footers, headings, table rows out) → paragraphs → sentences → a cheap
// score keeps the best candidates → ranked by likeness to all others → three to five of them that
// do not say the same, in the document's order.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/page.h"

namespace civicum {

inline constexpr std::size_t summary_candidates_max = 1000;
/// Code points, but for one sentence that is longer by itself.
inline constexpr std::size_t summary_length_max = 700;

struct Summary {
  std::string text;                  ///< empty where the document has no readable text
  std::vector<std::uint32_t> pages;  ///< 1-based pages it rests on, ascending
};

class Summarizer {
 public:
  Summarizer();
  Summarizer(Summarizer&&) noexcept;
  Summarizer& operator=(Summarizer&&) noexcept;
  ~Summarizer();

  /// Pages in ascending order; gaps are left out.
  void add_page(std::uint32_t page_index, const PageText& page);
  Summary finish() &&;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace civicum
