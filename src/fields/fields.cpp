// SPDX-License-Identifier: GPL-3.0-or-later
#include "fields/fields.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "fields/finders.h"

namespace civicum {
namespace {

using fields::Candidate;
using fields::FoldedText;

// What a find in a text layer is worth; measured precision is higher, the rest is modesty.
float base_confidence(FieldKind kind) {
  switch (kind) {
    case FieldKind::Rut:
    case FieldKind::Email:
      return 0.99F;
    case FieldKind::Date:
    case FieldKind::Money:
      return 0.98F;
    case FieldKind::DocumentNumber:
      return 0.97F;
    default:
      return 0.95F;
  }
}

constexpr float repaired_factor = 0.9F;
constexpr float invalid_factor = 0.5F;

std::vector<Candidate> find_candidates(const FoldedText& page) {
  std::vector<Candidate> found;
  const std::array finders = {
      fields::find_emails,           fields::find_ruts,   fields::find_long_dates,
      fields::find_numeric_dates,    fields::find_money,  fields::find_plates,
      fields::find_document_numbers, fields::find_phones, fields::find_worded_money};
  for (const auto& find : finders) find(page, found);
  return found;
}

// Earlier finders take precedence: a candidate stays when none of those before it touches it.
std::vector<Candidate> without_overlaps(std::vector<Candidate> found, std::size_t text_size) {
  std::vector<bool> is_taken(text_size, false);
  std::erase_if(found, [&](const Candidate& candidate) {
    const auto first = is_taken.begin() + static_cast<std::ptrdiff_t>(candidate.begin);
    const auto last = is_taken.begin() + static_cast<std::ptrdiff_t>(candidate.end);
    if (std::find(first, last, true) != last) return true;
    std::fill(first, last, true);
    return false;
  });
  std::ranges::sort(found, {}, &Candidate::begin);
  if (found.size() > fields_per_page_max) found.resize(fields_per_page_max);
  return found;
}

// Box and confidence from the words that the span touches.
void place(Field& field, const std::vector<Word>& words, const Word& span) {
  auto word = std::ranges::upper_bound(words, span.begin, {}, &Word::end);
  bool is_first = true;
  std::optional<float> lowest;
  for (; word != words.end() && word->begin < span.end; ++word) {
    field.box = is_first ? word->box : unite(field.box, word->box);
    is_first = false;
    if (word->confidence) lowest = std::min(lowest.value_or(1.0F), *word->confidence);
  }
  field.confidence = lowest ? std::clamp(*lowest, 0.0F, 1.0F) : base_confidence(field.kind);
  if (field.is_repaired) field.confidence *= repaired_factor;
  if (!field.is_valid) field.confidence *= invalid_factor;
}

}  // namespace

std::string_view name_of(FieldKind kind) {
  constexpr std::array<std::string_view, 7> names = {"rut",   "date",  "money", "document_number",
                                                     "email", "phone", "plate"};
  return names[static_cast<std::size_t>(kind)];
}

std::string_view name_of(DocumentNumberType type) {
  constexpr std::array<std::string_view, 9> names = {
      "ley", "decreto", "resolucion", "oficio", "folio", "rol", "rit", "ruc", "repertorio"};
  return names[static_cast<std::size_t>(type)];
}

std::vector<Field> find_fields(const PageText& page, std::uint32_t page_index) {
  const FoldedText folded(cut_utf8(page.text, page_text_bytes_max));
  std::vector<Field> all;
  for (Candidate& candidate : without_overlaps(find_candidates(folded), folded.text().size())) {
    Field field;
    field.kind = candidate.kind;
    field.value = std::move(candidate.value);
    field.raw = folded.raw(candidate.begin, candidate.end);
    field.type = candidate.type;
    field.is_valid = candidate.is_valid;
    field.is_repaired = candidate.is_repaired;
    field.page_index = page_index;
    Word span;
    span.begin = folded.source_begin(candidate.begin);
    span.end = folded.source_end(candidate.end);
    place(field, page.words, span);
    all.push_back(std::move(field));
  }
  return all;
}

}  // namespace civicum
