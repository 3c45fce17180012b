// SPDX-License-Identifier: GPL-3.0-or-later
// RUT and RUN: 12.345.678-5, 12345678-K, 12 345 678 - 5, with the letters that OCR makes of digits.
// The check digit is modulus 11 over the body, weights 2 … 7 from the right. A number without dots
// is weak evidence (one in eleven lookalikes is valid), so it must not stand behind another label.
#include <algorithm>
#include <cstdint>

#include "fields/finders.h"

namespace civicum::fields {
namespace {

constexpr std::size_t label_reach_max = 64;
constexpr std::size_t repairs_max = 3;

enum class Shape : std::uint8_t { Grouped, Plain, Undashed };

struct Reading {
  std::string body;
  char check = '0';
  std::size_t repairs = 0;
};

char check_digit(std::string_view body) {
  int sum = 0;
  int weight = 2;
  for (std::size_t i = body.size(); i-- > 0;) {
    sum += (body[i] - '0') * weight;
    weight = weight == 7 ? 2 : weight + 1;
  }
  const int rest = 11 - sum % 11;
  if (rest == 11) return '0';
  if (rest == 10) return 'K';
  return static_cast<char>('0' + rest);
}

std::string canonical(const Reading& reading) {
  std::string value;
  for (std::size_t i = 0; i < reading.body.size(); ++i) {
    if (i > 0 && (reading.body.size() - i) % 3 == 0) value.push_back('.');
    value.push_back(reading.body[i]);
  }
  value.push_back('-');
  value.push_back(reading.check);
  return value;
}

// Every letter stands for one digit only, so there is one reading or none.
std::optional<Reading> read(std::string_view body, char check) {
  Reading reading;
  for (const char c : body) {
    const auto digit = digit_behind(c);
    if (!digit) continue;
    reading.body.push_back(*digit);
    if (*digit != c) ++reading.repairs;
  }
  while (reading.body.size() > 1 && reading.body.front() == '0') reading.body.erase(0, 1);
  reading.check = check == 'k' ? 'K' : digit_behind(check).value_or('?');
  if (reading.check != check && reading.check != 'K') ++reading.repairs;
  const bool is_size_right = reading.body.size() >= 6 && reading.body.size() <= 8;
  if (!is_size_right || reading.check == '?' || reading.repairs > repairs_max) return std::nullopt;
  return reading;
}

const Pattern& label_pattern() {
  static const Pattern pattern(
      R"((?:\br\.? ?u\.? ?[tn]\.?s?|\brol unico (?:tributario|nacional)|\bced(?:ula|\.)(?:[ \n]nacional)?)"
      R"((?:[ \n]de)?[ \n](?:identidad|ident\.|id\.)|\bc\. ?(?:n\. ?)?[il1]\.?|\bci|\bcarnet(?: de identidad)?))"
      R"((?:[ \n:.,()*?%#"'/-]|[a-z]{1,14}[ \n:.,()*?%#"'/-]){0,6}$)");
  return pattern;
}

bool is_labelled(std::string_view text, std::size_t at) {
  static const Pattern account(R"(\b(?:cuenta|cta\.?)[ \n]?(?:rut|vista|corriente)?[^0-9]{0,20}$)");
  const std::string_view context = before(text, at, label_reach_max);
  return label_pattern().is_in(context) && !account.is_in(context);
}

// Numbers of this shape that are something else: accounts, policies, meters, roles, telephones.
bool is_labelled_otherwise(std::string_view text, std::size_t at) {
  static const Pattern other(
      R"((?:\b(?:cuentas?|cta|folio|rol|ruc|rit|serie|codigo|cod|operacion|poliza|boleta|factura|fono|)"
      R"(telefono|tel|fax|celular|cliente|medidor|solicitud|ticket|orden|guia|contrato|inscripcion|id|isbn|)"
      R"(comprobante|licencia|tarjeta|credito|expediente|registro|avaluo|motor|chasis|sku|lote|vale|nota|)"
      R"(transaccion|servicio|causa|proceso|repertorio|bip|iniciativa|proyecto|numero|nro)\b|\bn ?[*?%"]|#|\$))"
      R"([^0-9a-z]{0,6}$)");
  return other.is_in(before(text, at, 32));
}

bool is_start_clean(std::string_view text, std::size_t at, bool is_labelled_rut) {
  if (is_number_start(text, at)) return true;
  return is_labelled_rut && is_letter(text[at - 1]) && is_digit(text[at]);
}

struct Match {
  Shape shape;
  std::span<const Span> groups;  ///< all, body, between, check
};

std::optional<Candidate> judge(std::string_view text, const Match& match) {
  const Span all = match.groups[0];
  const std::string_view between = slice(text, match.groups[2]);
  const char check = text[match.groups[3].begin];
  const auto reading = read(slice(text, match.groups[1]), check);
  if (!reading) return std::nullopt;

  const bool is_labelled_rut = is_labelled(text, all.begin);
  if (!is_start_clean(text, all.begin, is_labelled_rut) || !is_number_end(text, all.end)) {
    return std::nullopt;
  }
  const bool is_valid = check_digit(reading->body) == reading->check;
  const bool is_loose = reading->repairs > 0 && (match.shape == Shape::Plain || between.size() > 1);
  const bool is_weak = match.shape != Shape::Grouped || reading->body.size() < 7 || is_loose;
  if (!is_labelled_rut) {
    if (!is_valid || match.shape == Shape::Undashed || reading->body.size() < 7)
      return std::nullopt;
    if (is_loose || (is_weak && is_labelled_otherwise(text, all.begin))) return std::nullopt;
    if (before(text, all.begin, 2).find('$') != std::string_view::npos) return std::nullopt;
  }
  if (!is_valid && (match.shape == Shape::Undashed || reading->repairs > 0)) return std::nullopt;
  Candidate candidate{FieldKind::Rut, all.begin, all.end, canonical(*reading)};
  candidate.is_valid = is_valid;
  candidate.is_repaired = reading->repairs > 0;
  return candidate;
}

// D stands for a digit or what OCR makes of it, J for a grouping point, H for the dash.
std::string spelled_out(std::string_view shorthand) {
  std::string pattern;
  for (const char c : shorthand) {
    if (c == 'D') {
      pattern.append("[").append(digit_class).append("]");
    } else if (c == 'J') {
      pattern.append(" ?[.,][ \\n]?");
    } else if (c == 'H') {
      pattern.append("([ \\n]?-{1,2}[ \\n]?)");
    } else {
      pattern.push_back(c);
    }
  }
  return pattern;
}

struct ShapePatterns {
  const Pattern dotted{spelled_out("(D{1,3}JD{3}(?:JD{3})?)H(D|k)")};
  const Pattern spaced{spelled_out("([0-9]{1,2} [0-9]{3} [0-9]{3})H(D|k)")};
  const Pattern plain{spelled_out("(D{7,8})H(D|k)")};
  const Pattern undashed{R"(([0-9]{7,8}|[0-9]{1,2}[.,][0-9]{3}[.,][0-9]{3})( ?)([0-9k]))"};
};

void find_shape(Shape shape, const Pattern& pattern, std::string_view text,
                std::vector<Candidate>& found) {
  pattern.for_each(text, [&](std::span<const Span> groups) -> std::optional<std::size_t> {
    auto candidate = judge(text, {shape, groups});
    if (!candidate) return std::nullopt;
    found.push_back(std::move(*candidate));
    return groups[0].end;
  });
}

}  // namespace

void find_ruts(const FoldedText& page, std::vector<Candidate>& found) {
  static const ShapePatterns shapes;
  find_shape(Shape::Grouped, shapes.dotted, page.text(), found);
  find_shape(Shape::Grouped, shapes.spaced, page.text(), found);
  find_shape(Shape::Plain, shapes.plain, page.text(), found);
  find_shape(Shape::Undashed, shapes.undashed, page.text(), found);
}

}  // namespace civicum::fields
