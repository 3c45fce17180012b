// SPDX-License-Identifier: GPL-3.0-or-later
#include "reader/merge_text.h"

#include <algorithm>
#include <string_view>

#include "document/placement.h"

namespace civicum {
namespace {

bool holds_middle(const Box& outer, const Box& inner) {
  const float x = (inner.x0 + inner.x1) / 2;
  const float y = (inner.y0 + inner.y1) / 2;
  return x >= outer.x0 && x <= outer.x1 && y >= outer.y0 && y <= outer.y1;
}

/// What stands between two words: the empty line, the line break or the space.
std::string_view gap_between(const PageText& text, std::uint32_t end, std::uint32_t begin) {
  const std::string_view between = std::string_view(text.text).substr(end, begin - end);
  if (between.find("\n\n") != std::string_view::npos) return "\n\n";
  return between.find('\n') != std::string_view::npos ? "\n" : " ";
}

/// The stronger of two separators: a dropped word must not join two blocks.
std::string_view stronger(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return a.empty() ? b : a;
  return a.size() > b.size() || (a.size() == b.size() && a == "\n") ? a : b;
}

}  // namespace

PageText without_overlaps(const PageText& text, const PageText& kept) {
  PageText out;
  std::string_view separator;
  std::uint32_t end = 0;
  for (const Word& word : text.words) {
    if (!out.words.empty() || end != 0) {
      separator = stronger(separator, gap_between(text, end, word.begin));
    }
    end = word.end;
    const bool is_known = std::any_of(kept.words.begin(), kept.words.end(),
                                      [&](const Word& k) { return holds_middle(k.box, word.box); });
    if (is_known) continue;
    if (!out.words.empty()) out.text += separator;
    separator = {};
    Word moved = word;
    moved.begin = static_cast<std::uint32_t>(out.text.size());
    out.text.append(text.text, word.begin, word.end - word.begin);
    moved.end = static_cast<std::uint32_t>(out.text.size());
    out.words.push_back(moved);
  }
  return out;
}

void append_block(PageText& text, const PageText& more) {
  if (more.words.empty()) return;
  constexpr std::string_view separator = "\n\n";
  const bool is_over_bounds =
      text.text.size() + separator.size() + more.text.size() > page_text_bytes_max ||
      text.words.size() + more.words.size() > page_words_max;
  if (is_over_bounds) return;
  if (!text.text.empty()) text.text += separator;
  const auto offset = static_cast<std::uint32_t>(text.text.size());
  text.text += more.text;
  for (Word word : more.words) {
    word.begin += offset;
    word.end += offset;
    text.words.push_back(word);
  }
}

void move_words(PageText& text, float right, float down) {
  for (Word& word : text.words) {
    word.box = {word.box.x0 + right, word.box.y0 + down, word.box.x1 + right, word.box.y1 + down};
  }
}

void turn_words(PageText& text, std::uint16_t degrees, float width, float height) {
  for (Word& word : text.words) word.box = turn_box(word.box, degrees, {width, height});
}

}  // namespace civicum
