// SPDX-License-Identifier: GPL-3.0-or-later
// Money in words: "la suma de un millón doscientos mil pesos", "diez unidades tributarias
// mensuales". Contracts say each amount twice; the words count only where the figures do not say
// the same nearby. A run of number words must begin behind a word that amounts begin behind, so
// that an OCR error at its head cannot pass as a smaller amount.
#include <algorithm>
#include <cstdint>
#include <iterator>

#include "fields/finders.h"
#include "fields/number_words.h"

namespace civicum::fields {
namespace {

constexpr std::size_t amount_words_max = 20;
constexpr std::size_t restatement_reach_max = 60;

std::string_view currency_of(std::string_view word) {
  if (word.starts_with("pesos")) return "CLP";
  if (word.find("fomento") != std::string_view::npos) return "UF";
  if (word.find("tributaria") != std::string_view::npos) return "UTM";
  return word.starts_with("dolar") ? "USD" : "EUR";
}

bool is_head_clean(std::string_view text, std::size_t at) {
  static const Pattern head(
      R"((?:[(:;,."-][ \n]?|\b(?:de|a|en|por|son|pagar|suma|total|cantidad|equivalentes?|con|es|o|sean)[ \n])$)");
  return head.is_in(before(text, at, 16));
}

struct Worded {
  std::size_t begin = 0;
  std::uint64_t value = 0;
};

// Collects number words leftwards from the currency's name.
std::optional<Worded> read_words_before(std::string_view text, std::size_t at) {
  std::vector<std::string_view> words;
  std::size_t begin = at;
  while (words.size() <= amount_words_max) {
    const Span span = previous_word(text, begin);
    if (span.empty() || begin - span.end > 2) break;
    const std::string_view word = slice(text, span);
    const bool is_of_millions = word == "de" && words.empty();
    if (!is_of_millions && word != "y" && !is_number_word(word, Spelling::Exact)) break;
    if (!is_of_millions) words.push_back(word);
    begin = span.begin;
  }
  while (!words.empty() && words.back() == "y") {
    words.pop_back();
    begin = next_word(text, begin + 1).begin;
  }
  std::ranges::reverse(words);
  if (words.empty() || words.size() > amount_words_max || !is_head_clean(text, begin)) {
    return std::nullopt;
  }
  const auto value = number_of(words, Spelling::Exact);
  if (!value || *value < 2) return std::nullopt;
  return Worded{begin, *value};
}

std::vector<Candidate> money_by_place(const std::vector<Candidate>& found) {
  std::vector<Candidate> money;
  std::ranges::copy_if(found, std::back_inserter(money),
                       [](const Candidate& one) { return one.kind == FieldKind::Money; });
  std::ranges::sort(money, {}, &Candidate::begin);
  return money;
}

bool is_restated(const Candidate& words, const std::vector<Candidate>& money) {
  const std::size_t first = words.begin - std::min(words.begin, restatement_reach_max);
  const std::size_t last = words.end + restatement_reach_max;
  auto near = std::ranges::lower_bound(money, first, {}, &Candidate::begin);
  for (; near != money.end() && near->begin < last; ++near) {
    if (near->value == words.value) return true;
  }
  return false;
}

}  // namespace

void find_worded_money(const FoldedText& page, std::vector<Candidate>& found) {
  static const Pattern name(
      R"(\b(pesos|unidades[ \n]de[ \n]fomento|unidades[ \n]tributarias[ \n]mensuales|dolares|euros)\b)");
  static const Pattern foreign(
      R"(^[ \n](?:argentin|mexican|colombian|uruguay|canadiens|australian))");
  const std::string_view text = page.text();
  const std::vector<Candidate> money = money_by_place(found);
  name.for_each(text, [&](std::span<const Span> groups) -> std::optional<std::size_t> {
    const auto amount = read_words_before(text, groups[0].begin);
    if (!amount || foreign.is_in(after(text, groups[0].end, 16))) return groups[0].end;
    Candidate candidate{
        FieldKind::Money, amount->begin, groups[0].end,
        std::string(currency_of(slice(text, groups[1]))) + ' ' + std::to_string(amount->value)};
    if (!is_restated(candidate, money)) found.push_back(std::move(candidate));
    return groups[0].end;
  });
}

}  // namespace civicum::fields
