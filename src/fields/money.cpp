// SPDX-License-Identifier: GPL-3.0-or-later
// Money in figures: "$ 1.250.000.-", "CLP 1.250.000", "1.250.000 pesos", "UF 2.500,75", "10 UTM",
// "US$ 1,250.50", "€ 99,90", "M$ 1.250" (thousands, as Chilean budgets write), "3,5 millones de
// pesos". A number without its currency is not money, nor is one in a currency the record does not
// know.
#include <array>

#include "fields/amount.h"
#include "fields/finders.h"

namespace civicum::fields {
namespace {

struct Currency {
  std::string_view code;
  std::size_t power = 0;    ///< of ten: 3 for M$
  bool is_guessed = false;  ///< OCR made another sign of it
};

// A digit run, then groups; blanks only inside a thousand group that a line end or OCR tore off.
const std::string figures =
    R"(([0-9][0-9oil]{0,14}(?:[.,][ \n]?[0-9oil]{3}\b|[.,][0-9oil]{1,6}){0,6}|[0-9]{1,3}(?: [0-9]{3}){2,4}\b))";
const std::string multiplier =
    R"((?:[ \n](mil[ \n]millones|millones|millon|miles|mil)\b(?:[ \n]de\b)?)?)";

std::size_t power_of(std::string_view word) {
  if (word.empty()) return 0;
  if (word.substr(0, 3) == "mil" && word.size() > 8) return 9;
  return word.starts_with("millon") ? 6 : 3;
}

Currency currency_of_prefix(std::string_view sign) {
  if (sign == "m$" || sign == "mm$")
    return {"CLP", sign.size() == 2 ? std::size_t{3} : std::size_t{6}};
  if (sign[0] == 'u') {
    if (sign.find('$') != std::string_view::npos || sign.starts_with("usd")) return {"USD"};
    return {sign.find('t') != std::string_view::npos ? "UTM" : "UF"};
  }
  if (sign[0] == 'e' || sign[0] == euro_sign) return {"EUR"};
  if (sign == "s") return {"CLP", 0, true};
  return {"CLP"};
}

Currency currency_of_suffix(std::string_view word) {
  if (word.starts_with("un")) {
    return {word.find("fom") != std::string_view::npos ? "UF" : "UTM"};
  }
  if (word.starts_with("dol")) return {"USD"};
  if (word[0] == 'p' || word[0] == 'c') return {"CLP"};
  return currency_of_prefix(word);
}

// "pesos argentinos", "dólares canadienses": currencies the record does not know.
bool is_foreign(std::string_view text, std::size_t at) {
  static const Pattern foreign(
      R"(^[ \n]?\(?(?:argentin|mexican|colombian|uruguay|filipin|dominican|cuban|bolivian|canadiens|)"
      R"(australian|neozeland|neocelandes|de[ \n](?:hong|singapur|taiwan)|ars\b|mxn\b|cop\b|uyu\b|cad\b|aud\b))");
  return foreign.is_in(after(text, at, 24));
}

/// "coordenadas UTM 5.678.901", "huso 19 UTM": a grid of maps has the name of a money.
bool is_in_survey(std::string_view text, std::size_t at) {
  static const Pattern survey(R"((?:coordenad|wgs|huso|datum|psad|sirgas|georref))");
  return survey.is_in(before(text, at, 48));
}

/// "UTM 654.321 E", "UTM 654.321 Norte".
bool is_northing(const FoldedText& page, std::size_t at) {
  static const Pattern direction(R"(^[ \n]?(?:m[ \n.,;)]|[ensow]\b|este\b|norte\b|sur\b|oeste\b))");
  const std::string_view text = page.text();
  if (!direction.is_in(after(text, at, 12))) return false;
  const std::size_t letter = at + (is_alnum(text[at]) ? 0 : 1);
  return page.is_upper(letter, letter + 1) || text[letter] == 'm';
}

struct Found {
  Span all;
  Span figures;
  Span multiplier;
  Currency currency;
};

std::optional<Candidate> judge(std::string_view text, const Found& found) {
  const bool is_money_of_account = found.currency.code == "UF" || found.currency.code == "UTM";
  // "19,656 millones" too: nobody counts thousands of millions in groups.
  const bool has_fraction = is_money_of_account || !found.multiplier.empty();
  const auto amount = read_amount(slice(text, found.figures),
                                  has_fraction ? LoneComma::Divides : LoneComma::Groups);
  if (!amount || is_foreign(text, found.all.end)) return std::nullopt;
  if (found.currency.code == "UTM" && is_in_survey(text, found.all.begin)) return std::nullopt;
  // In pesos a dot groups: "$ 1.25" is a list price of another country or a misread.
  const std::string_view shown = slice(text, found.figures);
  const bool has_dot_decimals = amount->decimal.find('.') != std::string::npos &&
                                shown.find_last_of(".,") == shown.rfind('.');
  if (found.currency.code == "CLP" && has_dot_decimals && found.multiplier.empty()) {
    return std::nullopt;
  }
  // "$78." at a line's end is the head of an amount that OCR cut off; nobody bills so little.
  const bool is_cut_off = shown.size() < 3 && text.substr(found.figures.end, 2) == ".\n";
  if (found.currency.code == "CLP" && is_cut_off) return std::nullopt;
  // "MM$ 45 millones": nobody knows how often it is multiplied.
  if (found.currency.power > 0 && !found.multiplier.empty()) return std::nullopt;
  const std::size_t power = found.currency.power + power_of(slice(text, found.multiplier));
  Candidate candidate{
      FieldKind::Money, found.all.begin, found.all.end,
      std::string(found.currency.code) + ' ' + scale_decimal(amount->decimal, power)};
  candidate.is_repaired = amount->is_repaired || found.currency.is_guessed;
  return candidate;
}

// "R$", "AR$", "C$", "1$" are no pesos; a lone capital S before a grouped number is a misread "$".
bool is_prefix_clean(const FoldedText& page, Span sign, Span number) {
  const std::string_view text = page.text();
  if (sign.begin > 0) {
    const char last = text[sign.begin - 1];
    const bool is_glued_column = is_digit(last) && text[sign.begin] == '$';
    if ((is_alnum(last) && !is_glued_column) || last == '$') return false;
  }
  if (slice(text, sign) != "s") return true;
  const std::string_view digits = slice(text, number);
  return page.is_upper(sign.begin, sign.end) && digits.size() >= 5 && digits.find('.') < 4 &&
         before(text, sign.begin, 1).find_first_of(".'/-") == std::string_view::npos;
}

// "$ 45 000" is torn in an unknown place; "$ 1.250" before "kg/m3" is still money.
bool is_amount_end(std::string_view text, Span number) {
  if (!is_number_end(text, number.end)) return false;
  static const Pattern torn(R"(^ (?:[0-9]{3}(?:[^0-9,a-z%]|$)|[0-9]{1,3}[.,][0-9]{3}\b))");
  // Three digits and no separator, or groups that another group of three follows.
  return !torn.is_in(after(text, number.end, 9));
}

/// "40 UTM" at a cell's end, with the next row's number behind it.
bool belongs_to_number_before(std::string_view text, Span sign, std::size_t figures_begin) {
  static const Pattern number(R"([0-9] ?$)");
  const bool is_torn = slice(text, {sign.end, figures_begin}).find('\n') != std::string_view::npos;
  return is_torn && text[sign.end - 1] != '$' && number.is_in(before(text, sign.begin, 2));
}

void find_behind_sign(const FoldedText& page, std::vector<Candidate>& found) {
  static const Pattern pattern(
      "(usd? ?\\$|u\\.s\\. ?\\$|u\\$s|usd ?\\$?|clp ?\\$?|\\$ "
      "?clp|mm?\\$|\\$|u\\.f\\.|uf|u\\.t\\.m\\.|utm|"
      "euros?|eur|\x01|s)[ \\n]?:?(?:[ \\n]{0,2}| {3,12})" +
      figures + "(\\.-|,-)?" + multiplier);
  const std::string_view text = page.text();
  pattern.for_each(text, [&](std::span<const Span> g) -> std::optional<std::size_t> {
    if (!is_prefix_clean(page, g[1], g[2]) || !is_amount_end(text, g[2])) return std::nullopt;
    if (belongs_to_number_before(text, g[1], g[2].begin)) return std::nullopt;
    const Currency currency = currency_of_prefix(slice(text, g[1]));
    if (currency.code == "UTM" && is_northing(page, g[2].end)) return std::nullopt;
    auto candidate = judge(text, {{g[0].begin, g[0].end}, g[2], g[4], currency});
    if (!candidate) return std::nullopt;
    found.push_back(std::move(*candidate));
    return g[0].end;
  });
}

void find_before_name(const FoldedText& page, std::vector<Candidate>& found) {
  static const Pattern pattern(
      figures + "(?:\\.-|,-)?" + multiplier +
      R"([ \n]?(?:de[ \n])?(unidad(?:es)?[ \n]de[ \n]fomento|unidad(?:es)?[ \n]tributarias?[ \n]mensual(?:es)?|u\. ?f\.?|uf|)"
      R"(u\. ?t\. ?m\.?|utm|pesos|clp|usd|us\$|dolares|euros?|eur|)" +
      std::string(1, euro_sign) + ")");
  const std::string_view text = page.text();
  pattern.for_each(text, [&](std::span<const Span> g) -> std::optional<std::size_t> {
    const bool is_word_whole = g[0].end >= text.size() || !is_alnum(text[g[0].end]);
    if (!is_word_whole || !is_number_start(text, g[1].begin)) return std::nullopt;
    auto candidate = judge(text, {g[0], g[1], g[2], currency_of_suffix(slice(text, g[3]))});
    if (!candidate) return std::nullopt;
    found.push_back(std::move(*candidate));
    return g[0].end;
  });
}

}  // namespace

void find_money(const FoldedText& page, std::vector<Candidate>& found) {
  find_behind_sign(page, found);
  find_before_name(page, found);
}

}  // namespace civicum::fields
