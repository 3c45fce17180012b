// SPDX-License-Identifier: GPL-3.0-or-later
#include "fields/number_words.h"

#include <algorithm>
#include <array>

namespace civicum::fields {
namespace {

struct NumberWord {
  std::string_view word;
  std::uint32_t value;
};

constexpr std::uint32_t thousand = 1'000;
constexpr std::uint32_t million = 1'000'000;
constexpr std::size_t tolerant_size_min = 6;

constexpr std::array number_words = std::to_array<NumberWord>({
    {"un", 1},
    {"uno", 1},
    {"una", 1},
    {"primero", 1},
    {"primer", 1},
    {"dos", 2},
    {"tres", 3},
    {"cuatro", 4},
    {"cinco", 5},
    {"seis", 6},
    {"siete", 7},
    {"ocho", 8},
    {"nueve", 9},
    {"diez", 10},
    {"once", 11},
    {"doce", 12},
    {"trece", 13},
    {"catorce", 14},
    {"quince", 15},
    {"dieciseis", 16},
    {"diecisiete", 17},
    {"dieciocho", 18},
    {"diecinueve", 19},
    {"veinte", 20},
    {"veintiun", 21},
    {"veintiuno", 21},
    {"veintiuna", 21},
    {"veintidos", 22},
    {"veintitres", 23},
    {"veinticuatro", 24},
    {"veinticinco", 25},
    {"veintiseis", 26},
    {"veintisiete", 27},
    {"veintiocho", 28},
    {"veintinueve", 29},
    {"treinta", 30},
    {"cuarenta", 40},
    {"cincuenta", 50},
    {"sesenta", 60},
    {"setenta", 70},
    {"ochenta", 80},
    {"noventa", 90},
    {"cien", 100},
    {"ciento", 100},
    {"doscientos", 200},
    {"doscientas", 200},
    {"trescientos", 300},
    {"trescientas", 300},
    {"cuatrocientos", 400},
    {"cuatrocientas", 400},
    {"quinientos", 500},
    {"quinientas", 500},
    {"seiscientos", 600},
    {"seiscientas", 600},
    {"setecientos", 700},
    {"setecientas", 700},
    {"ochocientos", 800},
    {"ochocientas", 800},
    {"novecientos", 900},
    {"novecientas", 900},
    {"mil", thousand},
    {"millon", million},
    {"millones", million},
});

std::optional<std::uint32_t> value_of(std::string_view word, Spelling spelling) {
  const auto exact = std::ranges::find(number_words, word, &NumberWord::word);
  if (exact != number_words.end()) return exact->value;
  if (spelling == Spelling::Exact || word.size() < tolerant_size_min) return std::nullopt;
  std::optional<std::uint32_t> value;
  for (const auto& known : number_words) {
    if (known.word.size() < tolerant_size_min || !is_almost(word, known.word)) continue;
    if (value && *value != known.value) return std::nullopt;
    value = known.value;
  }
  return value;
}

/// Adds words from left to right; refuses what no Spanish number says.
class Sum {
 public:
  bool add(std::uint32_t value) {
    if (value == million) return scale(millions_, million);
    if (value == thousand) return scale(thousands_, thousand);
    const std::uint32_t room = group_ % 100 == 0 ? 100 : 10;
    const bool is_in_order = group_ == 0 || (group_ % 10 == 0 && value < room);
    if (!is_in_order || (group_ % 100 != 0 && group_ % 100 < 20)) return false;
    group_ += value;
    return true;
  }
  std::uint64_t total() const { return millions_ + thousands_ + group_; }

 private:
  bool scale(std::uint64_t& slot, std::uint32_t unit) {
    if (slot != 0) return false;
    if (unit == million) {
      // "mil quinientos millones": what was counted in thousands belongs to the millions.
      slot = (thousands_ + group_) * million;
      if (slot == 0) return false;
      thousands_ = 0;
    } else {
      slot = std::uint64_t{std::max(group_, 1U)} * thousand;
    }
    group_ = 0;
    return true;
  }

  std::uint64_t millions_ = 0;
  std::uint64_t thousands_ = 0;
  std::uint32_t group_ = 0;
};

}  // namespace

bool is_almost(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > 1) return false;
  std::size_t head = 0;
  while (head < a.size() && a[head] == b[head]) ++head;
  const std::size_t skip = a.size() == b.size() ? 1 : 0;
  if (head == a.size()) return true;
  return a.substr(head + skip) == b.substr(head + 1);
}

bool is_number_word(std::string_view word, Spelling spelling) {
  return value_of(word, spelling).has_value();
}

std::optional<std::uint64_t> number_of(std::span<const std::string_view> words, Spelling spelling) {
  Sum sum;
  bool is_after_and = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "y" || words[i] == "i") {
      if (i == 0 || i + 1 == words.size() || is_after_and) return std::nullopt;
      is_after_and = true;
      continue;
    }
    is_after_and = false;
    const auto value = value_of(words[i], spelling);
    if (!value || !sum.add(*value)) return std::nullopt;
  }
  if (sum.total() == 0) return std::nullopt;
  return sum.total();
}

}  // namespace civicum::fields
