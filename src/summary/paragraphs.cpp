// SPDX-License-Identifier: GPL-3.0-or-later
#include "summary/paragraphs.h"

#include <algorithm>

#include "summary/words.h"

namespace civicum {
namespace {

/// True for "…conti-": letters before the hyphen, which is not a dash.
bool ends_with_hyphen(std::string_view text) {
  if (text.size() < 2 || text.back() != '-') return false;
  const auto before = static_cast<unsigned char>(text[text.size() - 2]);
  return before >= 0x80 || ((before | 0x20U) >= 'a' && (before | 0x20U) <= 'z');
}

}  // namespace

bool Paragraph::goes_on_with(std::string_view line) const {
  if (text.empty() || ends_sentence(text)) return false;
  return starts_lower(line);
}

void Paragraph::append(std::string_view line, Piece piece) {
  if (ends_with_hyphen(text) && starts_lower(line)) {
    text.pop_back();
  } else if (!text.empty()) {
    text += ' ';
  }
  piece.begin = text.size();
  pieces.push_back(piece);
  text += line;
}

SpanFacts facts_of(const Paragraph& paragraph, std::size_t begin, std::size_t end) {
  const auto& pieces = paragraph.pieces;
  auto piece = std::upper_bound(
      pieces.begin(), pieces.end(), begin,
      [](std::size_t offset, const Paragraph::Piece& p) { return offset < p.begin; });
  if (piece != pieces.begin()) --piece;
  SpanFacts facts{piece->page_index, piece->page_index, {}};
  for (; piece != pieces.end() && piece->begin < end; ++piece) {
    facts.last_page = piece->page_index;
    if (!piece->confidence) continue;
    facts.confidence = std::min(facts.confidence.value_or(1.0F), *piece->confidence);
  }
  return facts;
}

}  // namespace civicum
