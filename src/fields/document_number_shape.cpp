// SPDX-License-Identifier: GPL-3.0-or-later
#include "fields/document_number_shape.h"

#include <algorithm>

namespace civicum::fields {
namespace {

using Type = DocumentNumberType;

constexpr std::size_t number_size_max = 40;

// A number with grouping dots or without, and a year behind a slash or dash.
const std::string grouped = R"((?:[0-9]{1,3}(?:(?:\.[ \n]?|,)[0-9]{3}\b)+|[0-9]{1,14}))";
const std::string year_tail = R"((?: ?[/-][ \n]?(?:19|20)[0-9]{2}\b))";

struct ShapePatterns {
  const Pattern law{"^([0-9]{1,2}(?:\\.[ \\n]?|,)[0-9]{3}|[0-9]{1,5})"};
  const Pattern act{"^([0-9]{2,6}[a-z][0-9]{2,8}\\b|(?:[a-z]{1,2}-?)?" + grouped +
                    "(?:-[a-z]{2,5}-" + grouped + ")?(?:[/-]" + grouped + "\\b){0,3}" + year_tail +
                    "?(?:[/-]?[a-z]\\b)?)"};
  // Requests for information: two letters, body, letter, number.
  const Pattern folio{"^([a-z]{2}[0-9]{3}[a-z][0-9]{7}\\b|(?:[a-z]{1,3}-?)?" + grouped +
                      "(?:-[0-9k]{1,14}\\b){0,2}(?:-[a-z]\\b)?)"};
  const Pattern rol{
      "^((?:[a-z]{1,4} ?- ?\\n?)?(?:[0-9]{1,3}(?:\\.[0-9]{3})+|[0-9]{1,8}) ?[-/] ?\\n?"
      "(?:(?:19|20)[0-9]{2}\\b|[0-9]{2}\\b)(?:-[a-z]{2,4}\\b)?)"};
  const Pattern rit{
      "^([a-z]{2}-[0-9]{2}-[0-9]{5}-(?:19|20)[0-9]{2}\\b|(?:[a-z01] ?- "
      "?\\n?)?[0-9]{1,3}(?:\\.?[0-9]{3})? ?- ?\\n?(?:19|20)[0-9]{2}\\b)"};
  const Pattern ruc{
      "^([0-9]{2} ?- ?\\n?[0-9] ?- ?\\n?[0-9]{7} ?- ?\\n?[0-9k]\\b|"
      "[0-9]{10} ?- ?\\n?[0-9k]\\b|[0-9]{1,4}(?:\\.[0-9]{3}){2,3} ?- ?\\n?[0-9k]\\b)"};
  const Pattern entry{"^(" + grouped + "(?: ?[/-][ \\n]?(?:(?:19|20)[0-9]{2}|[0-9]{2})\\b)?)"};
};

const Pattern& pattern_of(Type type) {
  static const ShapePatterns patterns;
  switch (type) {
    case Type::Ley:
      return patterns.law;
    case Type::Folio:
      return patterns.folio;
    case Type::Rit:
      return patterns.rit;
    case Type::Rol:
      return patterns.rol;
    case Type::Ruc:
      return patterns.ruc;
    case Type::Repertorio:
      return patterns.entry;
    default:
      return patterns.act;
  }
}

std::string canonical(std::string_view number) {
  std::string value;
  for (const char c : number) {
    if (c == ' ' || c == '\n' || c == '.' || c == ',') continue;
    value.push_back(is_letter(c) ? static_cast<char>(c - 'a' + 'A') : c);
  }
  return value;
}

// The tail "-05" of "Ord. N° 12-05-2024" or "/05" of "123/05.03.2024" belongs to a date.
bool is_cut_number(std::string_view text, std::size_t end) {
  if (end >= text.size()) return false;
  if (is_alnum(text[end]) || text[end] == '%' || text[end] == '_') return true;
  const bool is_joint =
      text[end] == '.' || text[end] == ',' || text[end] == '/' || text[end] == '-';
  static const Pattern more(R"(^-[a-z]{1,5}-?[0-9])");
  return (is_joint && end + 1 < text.size() && is_digit(text[end + 1])) ||
         more.is_in(after(text, end, 9));
}

/// "4471/23/18": number, year and part, as the labour inspection counts.
bool has_year_and_part(std::string_view value) {
  static const Pattern shape("^[0-9]{1,6}/[0-9]{2}/[0-9]{1,3}$");
  return shape.is_in(value);
}

bool has_full_year(std::string_view value) {
  return value.size() >= 6 && (value[value.size() - 5] == '-' || value[value.size() - 5] == '/') &&
         (value.substr(value.size() - 4, 2) == "19" || value.substr(value.size() - 4, 2) == "20");
}

bool is_court_role(std::string_view text, const NumberContext& context) {
  static const Pattern land(
      R"((?:avaluo|\bsii\b|inmueble|propiedad|contribuciones|predio|bien(?:es)?[ \n]rai|patente|territorial|comuna)[^0-9,;.]*$)");
  static const Pattern court(
      R"(causa|autos|ingreso|corte|tribunal|juzgado|recurso|sentencia|sala|caratulad)");
  if (land.is_in(before(text, context.name_begin, 28)) || land.is_in(context.lead)) return false;
  static const Pattern land_behind(
      R"(^[ \n,(]{0,3}(?:de[ \n]avaluo|del?[ \n]s\.?i\.?i|de[ \n]la[ \n]comuna))");
  if (land_behind.is_in(after(text, context.end, 20))) return false;
  const bool has_letters =
      std::ranges::any_of(context.value, [](char c) { return c >= 'A' && c <= 'Z'; });
  if (has_letters || has_full_year(context.value)) return true;
  return court.is_in(before(text, context.name_begin, 48)) || court.is_in(context.lead) ||
         court.is_in(after(text, context.end, 32));
}

bool is_followed_by_date(std::string_view text, std::size_t end) {
  static const Pattern date(
      R"(^[ \n]?,?[ \n]?(?:del?[ \n](?:fecha|[0-9]{1,2}[ \n]de|[0-9]{4}\b|ano\b)|de\b[ \n](?:19|20)))");
  return date.is_in(after(text, end, 24));
}

// "NCh 433 Of. 1996", "Decreto 2020": a bare year is no number.
bool is_bare_year(std::string_view value) {
  return value.size() == 4 && (value.substr(0, 2) == "19" || value.substr(0, 2) == "20");
}

bool is_act(std::string_view text, const NumberContext& context) {
  if (context.mark == NumberMark::Present) return true;
  if (is_bare_year(context.value)) return false;
  const bool is_dated = has_full_year(context.value) || is_followed_by_date(text, context.end);
  static const Pattern formal(
      R"(exent|\bex\.|afect|supremo|alcaldici|fuerza|\bres\.|\bord\b|\bof\.|ordinario|r\. ?e|rex)");
  const bool is_formal = formal.is_in(context.lead);
  switch (context.type) {
    case Type::Decreto:
      return is_dated || context.value.size() >= 2;
    case Type::Oficio:
      return is_dated || (is_formal && context.value.size() >= 2);
    default:
      return is_dated || is_formal || has_year_and_part(context.value);
  }
}

bool is_law(std::string_view text, const NumberContext& context) {
  if (context.mark == NumberMark::Present) return true;
  if (context.lead.ends_with("ley de ")) return false;  // "de 20.285 habitantes"
  return context.value.size() == 5 || text.substr(context.end - 4, 1) == ".";
}

// The letter before a RIT's number is one of few; OCR reads I and O as digits.
void restore_letter(std::string& value) {
  if (std::ranges::count(value, '-') < 2) return;
  if (value.starts_with("1-")) value[0] = 'I';
  if (value.starts_with("0-")) value[0] = 'O';
}

}  // namespace

std::optional<NumberShape> read_document_number(const FoldedText& page, const NumberPlace& place) {
  const std::string_view text = page.text();
  const std::string_view rest = text.substr(place.at, number_size_max);
  std::optional<NumberShape> shape;
  pattern_of(place.type)
      .for_each(rest, [&](std::span<const Span> groups) -> std::optional<std::size_t> {
        if (groups[0].begin == 0)
          shape = NumberShape{canonical(slice(rest, groups[1])), place.at + groups[0].end};
        return rest.size();
      });
  if (shape && place.type == Type::Rit) restore_letter(shape->value);
  if (!shape || is_cut_number(text, shape->end)) return std::nullopt;
  return shape;
}

bool is_document_number_plausible(std::string_view text, const NumberContext& context) {
  switch (context.type) {
    case Type::Ley:
      return is_law(text, context);
    case Type::Decreto:
    case Type::Resolucion:
    case Type::Oficio:
      return is_act(text, context);
    case Type::Rol:
      return is_court_role(text, context);
    case Type::Repertorio:
      return context.mark == NumberMark::Present || context.lead.starts_with("repertorio");
    default:
      return true;
  }
}

}  // namespace civicum::fields
