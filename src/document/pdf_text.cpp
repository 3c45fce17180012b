// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/pdf_text.h"

#include <cmath>
#include <vector>

#include "document/word_text.h"

namespace civicum {
namespace {

using Break = PageTextBuilder::Break;

Box box_of(const TextWord& word) {
  double x0 = 0;
  double y0 = 0;
  double x1 = 0;
  double y1 = 0;
  word.getBBox(&x0, &y0, &x1, &y1);
  const Box box = {static_cast<float>(x0), static_cast<float>(y0), static_cast<float>(x1),
                   static_cast<float>(y1)};
  const bool is_sound = std::isfinite(x0) && std::isfinite(y0) && x1 >= x0 && y1 >= y0 &&
                        std::isfinite(x1) && std::isfinite(y1);
  return is_sound ? box : Box{};
}

void append_letters(std::vector<char32_t>& letters, const TextWord& word) {
  for (int i = 0; i < word.getLength(); ++i) {
    letters.push_back(static_cast<char32_t>(*word.getChar(i)));
  }
}

/// Adds a line's words, the first behind `before`. False once a bound is reached.
bool add_line(PageTextBuilder& page, const TextLine& line, Break& before) {
  std::vector<char32_t> letters;
  Box box;
  for (const TextWord* word = line.getWords(); word != nullptr; word = word->getNext()) {
    box = letters.empty() ? box_of(*word) : unite(box, box_of(*word));
    append_letters(letters, *word);
    const bool is_last = word->getNext() == nullptr;
    if (!word->hasSpaceAfter() && !is_last) continue;
    const std::string text = clean_word(letters, is_last ? WordEnd::LineEnd : WordEnd::InLine);
    letters.clear();
    if (text.empty()) continue;
    if (!page.add_word(text, box, before)) return false;
    before = Break::Space;
  }
  return true;
}

bool add_block(PageTextBuilder& page, const TextBlock& block) {
  Break before = Break::Block;
  for (const TextLine* line = block.getLines(); line != nullptr; line = line->getNext()) {
    if (!add_line(page, *line, before)) return false;
    if (before == Break::Space) before = Break::Line;
  }
  return true;
}

bool add_flow(PageTextBuilder& page, const TextFlow& flow) {
  for (const TextBlock* block = flow.getBlocks(); block != nullptr; block = block->getNext()) {
    if (!add_block(page, *block)) return false;
  }
  return true;
}

}  // namespace

Result<PageText> page_text_of(const TextFlow* flows) {
  PageTextBuilder page;
  for (const TextFlow* flow = flows; flow != nullptr; flow = flow->getNext()) {
    if (!add_flow(page, *flow)) {
      return Error{ErrorKind::TooLarge,
                   "the page's text layer is over its bound (1 MiB of text, 100000 words)"};
    }
  }
  return page.take();
}

}  // namespace civicum
