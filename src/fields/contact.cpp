// SPDX-License-Identifier: GPL-3.0-or-later
// E-mail addresses and Chilean telephone numbers.
// A telephone number is one that says so: +56 before it, an area code in brackets, a label (fono,
// celular, fax …), or its usual grouping where the text speaks of calling or beside an e-mail
// address. Chilean numbers have nine digits: 9 and eight for mobiles, 2 and eight for Santiago, a
// two-digit area and seven elsewhere; no other length is completed by guessing. Services (600 …,
// 800 …) have no number that can be dialled from everywhere.
#include <algorithm>
#include <array>

#include "fields/finders.h"

namespace civicum::fields {
namespace {

constexpr std::size_t email_size_max = 254;
constexpr std::size_t national_digits = 9;

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::optional<std::string> address_of(const FoldedText& page, Span span) {
  const std::string_view raw = page.raw(span.begin, span.end);
  // Nobody knows whether a dash at a line end belongs to the address.
  const bool is_ambiguous = raw.find("-\n") != std::string_view::npos;
  if (is_ambiguous || !is_ascii(raw) || span.end - span.begin > email_size_max) return std::nullopt;
  std::string address;
  for (const char c : slice(page.text(), span)) {
    if (c != '\n' && c != ' ') address.push_back(c);
  }
  const bool is_odd =
      address.find("..") != std::string::npos || address.find(".@") != std::string::npos ||
      address.find("-.") != std::string::npos || address.find(".-") != std::string::npos;
  return is_odd ? std::nullopt : std::optional(address);
}

std::string digits_of(std::string_view text) {
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits), is_digit);
  return digits;
}

bool is_national(std::string_view digits) {
  constexpr auto areas = std::to_array<std::string_view>(
      {"32", "33", "34", "35", "41", "42", "43", "44", "45", "51", "52", "53", "55",
       "57", "58", "61", "63", "64", "65", "67", "68", "71", "72", "73", "75"});
  if (digits.size() != national_digits) return false;
  if (digits[0] == '9' || digits[0] == '2') return digits[1] != '0';
  return std::ranges::find(areas, digits.substr(0, 2)) != areas.end() && digits[2] != '0';
}

bool is_phone_labelled(std::string_view text, std::size_t at) {
  static const Pattern label(
      R"(\b(?:fonos?|telefonos?|telefonico|telef|tel|tels|tfno|fax|cel|celular(?:es)?|movil(?:es)?|whats ?app|)"
      R"(contacto|llamar[ \n]al)\b[.]?[ \n]?(?:(?:n ?[*?%"]|numero|nro\.?|fijo|movil|celular|contacto|de[ \n]contacto|/)[ \n]?){0,3})"
      R"([ \n.:/()-]{0,4}$)");
  return label.is_in(before(text, at, 40));
}

/// "llame al", "o al número": what follows can only be a telephone.
bool is_called(std::string_view text, std::size_t at) {
  static const Pattern call(
      R"(\bllam(?:e|en|ar|ando|ado|ados|adas|enos|o)\b[^0-9]{0,24}\b(?:al?|numero)[ \n]$)");
  return call.is_in(before(text, at, 48));
}

/// A line of contacts: with an address, or what one calls for.
bool is_beside_contact(std::string_view text, Span number) {
  static const Pattern subject(
      R"(\b(?:llam(?:e|en|ar|ando|ado|ados|adas|enos|o|ada)|fonos?|telefon[a-z]{1,6}|celular(?:es)?|central|consultas?|)"
      R"(informaciones|informes|emergencias?|conserjeria|mesa[ \n]de[ \n](?:ayuda|partes)|oficina[ \n]de[ \n]partes|)"
      R"(atencion|contacto|denuncias?|reclamos?|call[ \n]center|whats ?app|secretaria|recepcion|reservas?|numero)\b)"
      R"([^0-9]{0,40}$)");
  return subject.is_in(before(text, number.begin, 72)) ||
         before(text, number.begin, 64).find('@') != std::string_view::npos ||
         after(text, number.end, 40).find('@') != std::string_view::npos;
}

/// Grouped as telephones are and little else is.
bool is_grouped_as_phone(std::string_view shown) {
  static const Pattern shape(
      R"(^(?:0?9[ .-]?[0-9]{4}[ \n.-]?[0-9]{4}|2[ .-]?2[0-9]{3}[ \n.-]?[0-9]{4}|)"
      R"([3-7][0-9][ .-]?2(?:[ \n.-]?[0-9]{3}[ \n.-]?[0-9]{3}|[0-9]{2}[ \n.-]?[0-9]{4}))$)");
  return shape.is_in(shown);
}

struct Dialled {
  std::string national;
  std::size_t size = 0;  ///< of the text that was dialled
  bool is_international = false;
  bool has_area = false;  ///< in brackets
};

std::optional<Dialled> read_dialled(std::string_view shown) {
  std::string digits = digits_of(shown);
  Dialled dialled;
  dialled.size = shown.size();
  dialled.has_area =
      shown.find(')') != std::string_view::npos && shown.find('(') != std::string_view::npos;
  const bool has_plus = shown.find('+') != std::string_view::npos;
  if (digits.starts_with("0056")) digits.erase(0, 2);
  if (digits.starts_with("56") && digits.size() == national_digits + 2) {
    dialled.is_international = has_plus;
    digits.erase(0, 2);
  } else if (has_plus) {
    return std::nullopt;
  }
  if (digits.size() == national_digits + 1 && digits[0] == '0') digits.erase(0, 1);
  if (!is_national(digits)) return std::nullopt;
  dialled.national = digits;
  return dialled;
}

bool is_address_alone(std::string_view text, Span span) {
  const auto is_part = [](char c) { return is_alnum(c) || c == '@' || c == other_sign; };
  if (span.begin > 0 && is_part(text[span.begin - 1])) return false;
  return span.end >= text.size() || !is_part(text[span.end]);
}

// The next column or line may begin with a number: the longest head that is a telephone counts.
std::optional<Dialled> read_longest(std::string_view shown) {
  for (std::size_t size = shown.size(); size >= national_digits; --size) {
    const bool is_group_end =
        is_digit(shown[size - 1]) && (size == shown.size() || !is_digit(shown[size]));
    if (!is_group_end) continue;
    if (auto dialled = read_dialled(shown.substr(0, size))) return dialled;
  }
  return std::nullopt;
}

// "a@b.cl.\nNext sentence": an address that is whole before the line end stops there.
Span without_next_line(std::string_view text, Span span) {
  static const Pattern whole(R"(@[ \n]?[a-z0-9.-]+\.(?:cl|com|org|net|gob|gov|edu|info|es)$)");
  static const Pattern known_top(R"(\.\n(?:cl|com|org|net|gob|gov|edu)$)");
  const std::string_view all = slice(text, span);
  const std::size_t line_end = all.rfind(".\n");
  if (line_end == std::string_view::npos) return span;
  if (whole.is_in(all.substr(0, line_end))) return {span.begin, span.begin + line_end};
  return known_top.is_in(all) ? span : Span{};
}

// What OCR made of the "@": "(O", "(" or the one capital O, Q or W among small letters.
Span misread_at_sign(const FoldedText& page, Span address) {
  const std::string_view text = page.text();
  constexpr std::string_view look_alikes = "oqwe";
  const auto is_capital = [&](std::size_t at) {
    return look_alikes.find(text[at]) != std::string_view::npos && page.is_upper(at, at + 1);
  };
  Span sign;
  for (std::size_t at = address.begin + 1; at + 1 < address.end; ++at) {
    const bool is_bracket = text[at] == '(';
    if (!is_bracket && (!is_capital(at) || text[at] == 'e')) continue;
    if (!sign.empty()) return {};
    sign = {at, at + (is_bracket && is_capital(at + 1) ? 2U : 1U)};
    if (!is_bracket && is_capital(at + 1)) ++sign.end;
    at = sign.end - 1;
  }
  return sign;
}

// Certain only where the word before says correo, or the host is a mail house.
void find_misread_emails(const FoldedText& page, std::vector<Candidate>& found) {
  static const Pattern pattern(R"([a-z0-9][a-z0-9._%+(-]{3,60}\.(?:cl|com|org|net))");
  static const Pattern label(
      R"(\b(?:correos?|e ?-?mail|mail|casilla|electronico|contacto)\b[^0-9@]{0,24}$)");
  static const Pattern mail_house(R"(^(?:gmail|hotmail|outlook|yahoo|live)\.)");
  static const Pattern host(R"(^[a-z](?:[a-z0-9-]{2,40}\.){1,3}[a-z]{2,3}$)");
  const std::string_view text = page.text();
  pattern.for_each(text, [&](std::span<const Span> g) -> std::optional<std::size_t> {
    const Span sign = misread_at_sign(page, g[0]);
    const bool is_stub = sign.begin < g[0].begin + 3;
    if (sign.empty() || is_stub || !is_address_alone(text, g[0])) return g[0].end;
    const std::string_view domain = slice(text, {sign.end, g[0].end});
    const bool is_sure = mail_house.is_in(domain) || label.is_in(before(text, g[0].begin, 40));
    if (!is_sure || !host.is_in(domain)) return g[0].end;
    Candidate candidate;
    candidate.kind = FieldKind::Email;
    candidate.begin = g[0].begin;
    candidate.end = g[0].end;
    candidate.value.append(slice(text, {g[0].begin, sign.begin})).append("@").append(domain);
    candidate.is_repaired = true;
    found.push_back(std::move(candidate));
    return g[0].end;
  });
}

}  // namespace

void find_emails(const FoldedText& page, std::vector<Candidate>& found) {
  static const Pattern pattern(
      R"(([a-z0-9][a-z0-9._%+-]{0,63}@[ \n]?(?:[a-z0-9-]{1,63}\.(?:\n)?){1,5}[a-z]{2,18}))");
  const std::string_view text = page.text();
  pattern.for_each(text, [&](std::span<const Span> g) -> std::optional<std::size_t> {
    const Span span = without_next_line(text, g[0]);
    if (span.empty() || !is_address_alone(text, span)) return std::nullopt;
    auto address = address_of(page, span);
    if (!address) return std::nullopt;
    found.push_back({FieldKind::Email, span.begin, span.end, std::move(*address)});
    return span.end;
  });
  find_misread_emails(page, found);
}

void find_phones(const FoldedText& page, std::vector<Candidate>& found) {
  static const Pattern pattern(R"((\(? ?\+? ?\(?[0-9](?:\)?[ \n.-]{0,2}\(?[0-9]){7,12}))");
  static const Pattern joint(R"(^[ \n]?(?:[/,;-]|y|o)[ \n]?$)");
  const std::string_view text = page.text();
  std::size_t labelled_end = std::string_view::npos;
  pattern.for_each(text, [&](std::span<const Span> g) -> std::optional<std::size_t> {
    const std::size_t begin = text.find_first_not_of(' ', g[0].begin);
    const bool is_chained =
        labelled_end != std::string_view::npos && labelled_end <= begin &&
        joint.is_in(text.substr(labelled_end, std::min<std::size_t>(begin - labelled_end, 6)));
    const bool is_labelled = is_chained || is_phone_labelled(text, begin);
    const auto dialled = read_longest(text.substr(begin, g[0].end - begin));
    if (!dialled || !is_number_end(text, begin + dialled->size)) return std::nullopt;
    const bool is_start =
        is_number_start(text, begin) || (is_labelled && !is_alnum(text[begin - 1]));
    const Span number{begin, begin + dialled->size};
    const bool is_meant =
        is_grouped_as_phone(slice(text, number)) && is_beside_contact(text, number);
    const bool is_sure = is_labelled || dialled->is_international || dialled->has_area ||
                         is_called(text, begin) || is_meant;
    if (!is_start || !is_sure) return std::nullopt;
    labelled_end = number.end;
    found.push_back({FieldKind::Phone, begin, labelled_end, "+56" + dialled->national});
    return labelled_end;
  });
}

}  // namespace civicum::fields
