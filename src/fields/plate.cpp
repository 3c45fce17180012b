// SPDX-License-Identifier: GPL-3.0-or-later
// Chilean vehicle plates: four consonants and two digits (BBCL-23, BB·CL·23), before 2007 two
// letters and four digits (AA-1234), motorcycles three letters and two digits. In capitals, and
// only where the page speaks of plates or vehicles shortly before; the old forms only right behind
// the word, or joined by a sign right beside a vehicle's name.
#include <algorithm>
#include <cstdint>

#include "fields/finders.h"

namespace civicum::fields {
namespace {

constexpr std::size_t plate_context_reach = 240;
constexpr std::size_t plate_label_reach = 40;

bool is_labelled(std::string_view text, std::size_t at) {
  static const Pattern label(
      R"((?:\bpatentes?|\bplacas?|\bppu|\bp\. ?p\. ?u\.?|\bunica)[ \n]?)"
      R"((?:(?:unica|patente|numero|nro\.?|n ?[*?%"]|del?|vehiculo|actual)[ \n]?){0,4}[:.( \n"'-]{0,14}$)");
  return label.is_in(before(text, at, plate_label_reach));
}

bool is_about_vehicles(std::string_view text, std::size_t at) {
  static const Pattern words(
      R"(\b(?:patentes?|placas?|ppu|p\.p\.u|vehiculos?|automovil(?:es)?|camionetas?|station wagon|motocicletas?|)"
      R"(camion(?:es)?|motos?|buses|furgon(?:es)?|jeep|tractor(?:es)?|remolques?|taxis?|r\.?v\.?m|inscripcion)\b)");
  const std::string_view ahead =
      text.substr(at - std::min(at, plate_context_reach), std::min(at, plate_context_reach));
  return words.is_in(ahead) || words.is_in(after(text, at, 60));
}

/// "camioneta RF-6120", "VG-9910   Retroexcavadora": right beside, or it is the name of a model;
/// what a motorcycle's plate looks like is the name of many a tractor.
bool is_beside_vehicle(std::string_view text, Span all) {
  static const std::string cycle = "(?:motocicleta|moto)";
  static const std::string vehicle =
      "(?:vehiculo|automovil|auto|camioneta|camion|bus|minibus|furgon|jeep|tractor|motocicleta|"
      "moto|"
      "remolque|taxi|colectivo|retroexcavadora|station wagon)";
  static const Pattern ahead("(?:\\b" + vehicle + "[ \\n]|\\br\\.? ?v\\.? ?m\\.? ?: ?)$");
  static const Pattern behind("^[ \\n]{1,12}" + vehicle + "\\b");
  static const Pattern cycle_ahead("\\b" + cycle + "[ \\n]$");
  static const Pattern cycle_behind("^[ \\n]{1,12}" + cycle + "\\b");
  const bool is_cycle = std::ranges::count_if(slice(text, all), is_digit) < 4;
  return (is_cycle ? cycle_ahead : ahead).is_in(before(text, all.begin, 24)) ||
         (is_cycle ? cycle_behind : behind).is_in(after(text, all.end, 32));
}

std::string letters_and_digits(std::string_view shown) {
  std::string value;
  for (const char c : shown) {
    if (is_alnum(c)) value.push_back(is_letter(c) ? static_cast<char>(c - 'a' + 'A') : c);
  }
  return value;
}

bool is_standing_alone(std::string_view text, Span all) {
  const bool is_start =
      all.begin == 0 || (!is_alnum(text[all.begin - 1]) && text[all.begin - 1] != '-');
  if (all.end >= text.size()) return is_start;
  // A single check digit may follow: "BBCL23-5".
  const bool has_check = text[all.end] == '-' && all.end + 1 < text.size() &&
                         (is_digit(text[all.end + 1]) || text[all.end + 1] == 'k') &&
                         (all.end + 2 >= text.size() || !is_alnum(text[all.end + 2]));
  return is_start && (has_check || is_number_end(text, all.end));
}

enum class Evidence : std::uint8_t { Label, Neighbour, Context };

void find_shape(const FoldedText& page, const Pattern& pattern, Evidence needed,
                std::vector<Candidate>& found) {
  const std::string_view text = page.text();
  pattern.for_each(text, [&](std::span<const Span> g) -> std::optional<std::size_t> {
    const Span all = g[0];
    if (!page.is_upper(all.begin, all.end) || !is_standing_alone(text, all)) return std::nullopt;
    const bool is_meant = is_labelled(text, all.begin) ||
                          (needed == Evidence::Neighbour && is_beside_vehicle(text, all)) ||
                          (needed == Evidence::Context && is_about_vehicles(text, all.begin));
    if (!is_meant) return std::nullopt;
    found.push_back({FieldKind::Plate, all.begin, all.end, letters_and_digits(slice(text, all))});
    return all.end;
  });
}

}  // namespace

void find_plates(const FoldedText& page, std::vector<Candidate>& found) {
  static const Pattern current(
      R"([bcdfghjklprstvwxyz]{2} ?[.-]? ?[bcdfghjklprstvwxyz]{2} ?[.-]? ?[0-9]{2})");
  static const Pattern former(
      R"([a-z]{2} ?[.-]? ?[0-9]{2}[.-]?[0-9]{2}|[a-z]{3} ?[.-]? ?0?[0-9]{2})");
  find_shape(page, current, Evidence::Context, found);
  static const Pattern former_joined(
      R"([a-z]{2}[.-][0-9]{4}|[a-z]{2}[.-]0?[0-9]{3}|[a-z]{3}[.-]0?[0-9]{2})");
  find_shape(page, former, Evidence::Label, found);
  find_shape(page, former_joined, Evidence::Neighbour, found);
}

}  // namespace civicum::fields
