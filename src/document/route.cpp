// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/route.h"

namespace civicum {
namespace {

constexpr double full_page_cover = 0.85;
/// Fewer visible characters on a scan are a stamp or a page number, not its text.
constexpr std::uint32_t stamp_chars_max = 200;
constexpr std::uint32_t ocr_layer_chars_min = 400;
constexpr double ocr_layer_stop_word_rate_min = 0.2;
constexpr double vowel_share_min = 0.30;
/// Few letters stray further from their language's share: three deviations of 60 letters.
constexpr double vowel_share_of_few_min = 0.22;
constexpr std::uint32_t many_letters_min = 200;
constexpr double unmapped_share_max = 0.01;
/// With more than this nobody can read the layer; with less it beats an OCR that cannot read the
/// page (a script without a model, formulas, tables of codes).
constexpr double unmapped_share_readable_max = 0.10;
/// Below this many letters the share of vowels says nothing (a table of numbers, a list of codes).
constexpr std::uint32_t judged_letters_min = 60;
constexpr double pictures_cover_min = 0.15;
/// Letters drawn as outlines take a path each; a page of them has no text to speak of.
constexpr std::uint32_t outline_paths_min = 400;
constexpr std::uint32_t outline_paths_per_char = 4;

bool has_odd_vowels(const PageFacts& facts) {
  if (facts.letter_count < judged_letters_min) return false;
  const bool has_many = facts.letter_count >= many_letters_min;
  return facts.vowel_share < (has_many ? vowel_share_min : vowel_share_of_few_min);
}

bool is_garbled(const PageFacts& facts) {
  return has_odd_vowels(facts) || facts.unmapped_share > unmapped_share_max;
}

bool is_good_ocr_layer(const PageFacts& facts) {
  return facts.invisible_chars >= ocr_layer_chars_min && !is_garbled(facts) &&
         facts.vowel_share >= vowel_share_min &&
         facts.stop_word_rate >= ocr_layer_stop_word_rate_min;
}

bool is_outlined(const PageFacts& facts) {
  return facts.path_count >= outline_paths_min &&
         facts.path_count / outline_paths_per_char >= facts.visible_chars;
}

/// OCR of the whole page, from its image where that can be decoded.
RouteDecision whole_page(const PageFacts& facts, std::string_view reason) {
  RouteDecision decision;
  const bool is_decodable = facts.image && facts.image->is_decodable;
  decision.kind = is_decodable ? PageKind::Image : PageKind::Render;
  decision.reason = reason;
  return decision;
}

RouteDecision text_of(const PageFacts& facts) {
  RouteDecision decision;
  decision.kind = PageKind::Text;
  decision.reason = "good text layer";
  decision.unread = facts.pictures_unlisted;
  if (facts.image_cover >= pictures_cover_min && !facts.pictures.empty()) {
    decision.kind = PageKind::Mixed;
    decision.pictures = facts.pictures;
    decision.reason = "text and pictures";
  } else {
    decision.unread += static_cast<std::uint32_t>(facts.pictures.size());
  }
  return decision;
}

}  // namespace

RouteDecision decide_route(const PageFacts& facts) {
  const bool is_scan = facts.image_cover >= full_page_cover;
  const std::uint32_t chars = facts.visible_chars + facts.invisible_chars;
  if (chars == 0 && facts.image_cover <= 0 && facts.path_count == 0) {
    RouteDecision empty;
    empty.kind = PageKind::Empty;
    empty.reason = "nothing is drawn";
    return empty;
  }
  if (is_scan && facts.visible_chars < stamp_chars_max) {
    if (is_good_ocr_layer(facts)) {
      RouteDecision decision;
      decision.kind = PageKind::Text;
      decision.layer = Document::Layer::All;
      decision.reason = "good layer of an earlier OCR";
      return decision;
    }
    RouteDecision decision = whole_page(facts, "scanned page");
    decision.keeps_text = facts.visible_chars > 0 && !is_garbled(facts);
    return decision;
  }
  if (facts.visible_chars == 0) {
    RouteDecision decision = whole_page(facts, "no visible text");
    if (!is_scan && !is_garbled(facts) && chars > 0) decision.stand_in = Document::Layer::All;
    return decision;
  }
  if (is_garbled(facts)) {
    RouteDecision decision = whole_page(facts, "garbled text layer");
    const bool is_readable = facts.unmapped_share <= unmapped_share_readable_max;
    if (is_readable) decision.stand_in = Document::Layer::Visible;
    return decision;
  }
  if (is_outlined(facts)) {
    RouteDecision decision = whole_page(facts, "text drawn as outlines");
    decision.keeps_text = true;
    return decision;
  }
  return text_of(facts);
}

}  // namespace civicum
