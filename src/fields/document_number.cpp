// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers of laws, decrees, resolutions, letters, folios, court cases and notarial entries. A
// number counts only behind the name of what it numbers:
//   name  adjectives or an institution  [N°]  number  ["," number …]
// The nearest name wins; a word that numbers something else (artículo, cuenta, factura …) ends the
// search. What each type's number looks like is in document_number_shape.cpp.
#include <algorithm>
#include <array>

#include "fields/document_number_shape.h"
#include "fields/finders.h"

namespace civicum::fields {
namespace {

using Type = DocumentNumberType;

constexpr std::size_t gap_words_max = 9;
constexpr std::size_t gap_size_max = 80;
constexpr std::size_t list_items_max = 12;

struct Name {
  Type type = Type::Ley;
  bool is_plural = false;
};

const Pattern& name_pattern() {
  static const Pattern pattern(
      R"((decretos?[ \n](?:con[ \n]fuerza[ \n]de[ \n]ley|leyes|ley)|decretos?|d\. ?s\.|ds|d\. ?f\. ?l\.?|dfl|)"
      R"(d\. ?l\.|dl|d\. ?a\.|dto\.|dcto\.|d\. ?ex\.|dec\. ?(?:ex|sup|alc)\.))"
      R"(|(leyes|ley)|(resoluciones|resolucion|resol\.|res\.|r\. ?ex\.|rex\.?|r\. ?e\.))"
      R"(|(oficios?|ordinarios?|ord\.?|of\.|ofic\.)|(folios?))"
      R"(|(rit|r\. ?i\. ?t\.?|rol[ \n]interno(?:[ \n]del?[ \n]tribunal)?))"
      R"(|(ruc|r\. ?u\. ?c\.?|rol[ \n]unico[ \n]de[ \n]causa)|(roles|rol)|(repertorio|rep\.))");
  return pattern;
}

Name name_of_match(std::string_view text, std::span<const Span> groups) {
  constexpr std::array types = {Type::Decreto, Type::Ley,   Type::Resolucion,
                                Type::Oficio,  Type::Folio, Type::Rit,
                                Type::Ruc,     Type::Rol,   Type::Repertorio};
  const auto first = std::find_if(groups.begin() + 1, groups.end(),
                                  [](const Span& group) { return !group.empty(); });
  const auto index = static_cast<std::size_t>(first - groups.begin()) - 1;
  const std::string_view word = slice(text, *first);
  return {types[std::min(index, types.size() - 1)], word.size() > 3 && word.back() == 's'};
}

// Words that carry a number of their own, or turn the sentence to something else.
bool is_blocking(std::string_view word) {
  static const Pattern blocking(
      R"(^(?:articulos?|art|arts|incisos?|letras?|numeral(?:es)?|parrafos?|paginas?|pag|pags|fojas|fs|anexos?|)"
      R"(cuentas?|cta|facturas?|boletas?|contratos?|guia|orden|ordenes|boletin|acta|actas|sesion|certificados?|)"
      R"(circular|memo|memorandum|dictamen|dictamenes|decretos?|ley|leyes|resolucion|resoluciones|oficios?|)"
      R"(ordinarios?|folios?|rol|roles|rit|ruc|rut|run|repertorio|expediente|solicitud|licitacion|proyecto|lote|)"
      R"(que|cuyo|cuya|cuyos|cuyas|mediante|segun|se|por|con|al|fue|es|son|ha|han|esta|sera|solo|desde|hasta|)"
      R"(modelo|serie|codigo|telefono|fono|fax|oficina|depto|departamento|casa|calle|avenida|avda|av|pasaje|piso|)"
      R"(avaluo|avaluos|unico|titulo|capitulo|version|formulario|punto|considerando|paginas|copia|copias|hojas|)"
      R"(parcela|plano|causa|inscripcion|registro|poliza|cedula|identidad|patente|cuota|tabla|bases|glosa|partida)$)");
  return blocking.is_in(word);
}

bool is_adjective(std::string_view word) {
  constexpr auto adjectives = std::to_array<std::string_view>(
      {"exenta",   "exento",  "exentas",   "exentos",       "ex",          "ext",     "afecta",
       "afecto",   "supremo", "supremos",  "alcaldicio",    "alcaldicia",  "ord",     "ordinario",
       "circular", "cir",     "reservado", "reservada",     "electronico", "interno", "ingreso",
       "corte",    "ra",      "tra",       "siaper",        "res",         "real",    "unico",
       "de",       "del",     "municipal", "universitario", "secc",        "alc",     "ac"});
  return std::ranges::find(adjectives, word) != adjectives.end();
}

/// The way from a name to its number.
struct Approach {
  std::size_t at = 0;
  bool has_mark = false;
  bool is_close = true;  ///< nothing but adjectives in between
};

// "N°", "Nº", "N.º", "Nro.", "núm.", and what OCR makes of the little circle.
std::size_t mark_size(std::string_view rest) {
  static const RE2 mark(R"(^(nn?(?:\.? ?[*%?"'^~]{1,2}|ro|um(?:ero)?|o|[029]? )s?[.,]?|#))",
                        RE2::Latin1);
  re2::StringPiece taken;
  const bool is_mark = RE2::PartialMatch(
      re2::StringPiece(rest.data(), std::min<std::size_t>(rest.size(), 12)), mark, &taken);
  if (!is_mark || taken.size() >= rest.size()) return 0;
  const bool is_word = is_letter(taken[taken.size() - 1]) && is_letter(rest[taken.size()]);
  return is_word ? 0 : taken.size();
}

bool is_abbreviation_before(std::string_view text, std::size_t at) {
  const Span word = previous_word(text, at);
  return word.end == at && word.end - word.begin <= 4;
}

std::optional<std::size_t> step_over_sign(std::string_view text, std::size_t at) {
  const char c = text[at];
  if (c == ' ' || c == '\n' || c == ':' || c == '(' || c == ')' || c == '/' || c == '-')
    return at + 1;
  if (c == '"' || c == '\'' || c == '*') return at + 1;
  if (c == '.' && is_abbreviation_before(text, at)) return at + 1;
  return std::nullopt;
}

// A number that may begin with letters, as "E12345" or "C-1234-2020" do.
bool is_number_ahead(std::string_view text, std::size_t at) {
  std::size_t letters = 0;
  while (letters < 4 && at + letters < text.size() && is_letter(text[at + letters])) ++letters;
  std::size_t digit = at + letters;
  const auto is_blank = [&](std::size_t i) {
    return i < text.size() && (text[i] == ' ' || text[i] == '\n');
  };
  const std::size_t dash = digit + (is_blank(digit) ? 1 : 0);
  if (letters > 0 && text.substr(dash, 1) == "-") {
    digit = dash + 1;
    while (is_blank(digit)) ++digit;
  }
  return digit < text.size() && is_digit(text[digit]);
}

std::optional<Approach> approach_number(std::string_view text, std::size_t from) {
  Approach approach{from};
  std::size_t words = 0;
  const std::size_t limit = std::min(text.size(), from + gap_size_max);
  while (approach.at < limit) {
    if (const std::size_t size = mark_size(text.substr(approach.at));
        size > 0 && !approach.has_mark) {
      approach.has_mark = true;
      approach.at += size;
      continue;
    }
    if (is_number_ahead(text, approach.at)) return approach;
    if (approach.has_mark && text[approach.at] == '\f') {
      ++approach.at;
      continue;
    }
    if (!is_letter(text[approach.at])) {
      const auto next = step_over_sign(text, approach.at);
      if (!next) return std::nullopt;
      approach.at = *next;
      continue;
    }
    const Span word = next_word(text, approach.at);
    const std::string_view letters = slice(text, word);
    const bool is_known = is_adjective(letters);
    const bool is_end = !is_known && is_blocking(letters);
    if (approach.has_mark || ++words > gap_words_max || is_end) return std::nullopt;
    approach.is_close = approach.is_close && is_known;
    approach.at = word.end;
  }
  return std::nullopt;
}

// "ds", "ord", "rit" in running lower case are other words.
bool is_name_plausible(const FoldedText& page, Span name) {
  const std::string_view text = page.text();
  const bool is_bounded =
      (name.begin == 0 || !is_alnum(text[name.begin - 1])) &&
      (name.end >= text.size() || text[name.end - 1] == '.' || !is_alnum(text[name.end]));
  if (!is_bounded) return false;
  const bool is_short = name.end - name.begin <= 3 && text[name.end - 1] != '.';
  const std::string_view word = slice(text, name);
  return !is_short || word == "ley" || word == "rol" || page.is_upper(name.begin, name.begin + 1);
}

/// "Huérfanos 1373, of. 905": an office in a house.
bool is_room(std::string_view text, Span name) {
  static const Pattern house(R"([0-9][a-z]?,?[ \n]{1,2}$)");
  return slice(text, name) == "of." && house.is_in(before(text, name.begin, 6));
}

void read_list(const FoldedText& page, const Candidate& first, std::vector<Candidate>& found) {
  static const Pattern joint(R"(^(,[ \n]?(?:y[ \n])?|[ \n][ye][ \n])(?:n ?[*?%"]s?[ \n]?)?[0-9])");
  std::size_t at = first.end;
  for (std::size_t i = 0; i < list_items_max; ++i) {
    if (!joint.is_in(after(page.text(), at, 10))) return;
    const std::size_t number = page.text().find_first_of("0123456789", at);
    const auto shape = read_document_number(page, {*first.type, number, NumberMark::Present});
    if (!shape) return;
    Candidate next{FieldKind::DocumentNumber, number, shape->end, shape->value};
    next.type = first.type;
    found.push_back(std::move(next));
    at = shape->end;
  }
}

std::optional<Candidate> read_behind(const FoldedText& page, Span name_span, Name name) {
  const auto approach = approach_number(page.text(), name_span.end);
  if (!approach) return std::nullopt;
  if (!approach->is_close && !approach->has_mark) return std::nullopt;
  const auto mark = approach->has_mark ? NumberMark::Present : NumberMark::Missing;
  const auto shape = read_document_number(page, {name.type, approach->at, mark});
  if (!shape) return std::nullopt;
  const std::string_view lead = page.text().substr(name_span.begin, approach->at - name_span.begin);
  const NumberContext context{name.type, name_span.begin, shape->end, lead, mark, shape->value};
  if (!is_document_number_plausible(page.text(), context)) return std::nullopt;
  Candidate candidate{FieldKind::DocumentNumber, approach->at, shape->end, shape->value};
  candidate.type = name.type;
  return candidate;
}

}  // namespace

void find_document_numbers(const FoldedText& page, std::vector<Candidate>& found) {
  const std::string_view text = page.text();
  name_pattern().for_each(text, [&](std::span<const Span> groups) -> std::optional<std::size_t> {
    if (!is_name_plausible(page, groups[0]) || is_room(text, groups[0])) return std::nullopt;
    const Name name = name_of_match(text, groups);
    const auto candidate = read_behind(page, groups[0], name);
    if (!candidate) return groups[0].end;
    found.push_back(*candidate);
    if (name.is_plural) read_list(page, *candidate, found);
    return candidate->end;
  });
}

}  // namespace civicum::fields
