// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/search_index.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "base/text.h"
#include "store/search_words.h"
#include "store/spanish_stem.h"

namespace civicum {
namespace {

/// Keeps a position that holds nothing to be found; no word is like it.
constexpr std::string_view no_stem = "\u00B7";
constexpr std::size_t repeat_size = 3;
constexpr std::uint32_t repeat_count_max = std::numeric_limits<std::uint8_t>::max();

/// FNV-1a, begun or gone on with.
std::uint32_t hash_over(std::string_view bytes, std::uint32_t hash = 2166136261U) {
  for (const char c : bytes) hash = (hash ^ static_cast<std::uint8_t>(c)) * 16777619U;
  return hash;
}

std::uint16_t hash_of(std::string_view stem) {
  const std::uint32_t hash = hash_over(stem);
  return static_cast<std::uint16_t>(hash ^ (hash >> 16));
}

void append_item(std::string& list, std::string_view item) {
  if (!list.empty()) list += ' ';
  list += item;
}

std::string repeats_of(const std::map<std::string, std::uint32_t, std::less<>>& counts) {
  std::string repeats;
  for (const auto& [stem, count] : counts) {
    if (count < 2) continue;
    const std::uint16_t hash = hash_of(stem);
    repeats += static_cast<char>(hash & 0xFF);
    repeats += static_cast<char>(hash >> 8);
    repeats += static_cast<char>(std::min(count, repeat_count_max));
  }
  return repeats;
}

/// At least once, because the page is a hit.
std::uint32_t count_of(std::string_view stem, std::string_view repeats) {
  const std::uint16_t hash = hash_of(stem);
  for (std::size_t at = 0; at + repeat_size <= repeats.size(); at += repeat_size) {
    const auto byte = [&](std::size_t i) {
      return std::uint32_t{static_cast<std::uint8_t>(repeats[at + i])};
    };
    if ((byte(0) | byte(1) << 8) == hash) return byte(2);
  }
  return 1;
}

/// A phrase stands there at most as often as its rarest word.
std::uint32_t count_of(const SearchTerm& term, std::string_view repeats) {
  std::uint32_t count = repeat_count_max;
  for (const std::string& word : term.words) count = std::min(count, count_of(word, repeats));
  return count;
}

}  // namespace

IndexedPage index_page(std::string_view text) {
  IndexedPage page;
  SpanishStemmer stemmer;
  std::map<std::string, std::uint32_t, std::less<>> counts;
  std::set<std::string, std::less<>> forms;
  std::string before;
  for (const TextWord& word : split_words(cut_utf8(text, indexed_bytes_max), indexed_words_max)) {
    std::string stem = stemmer.stem(word.form);
    const std::uint32_t count = ++counts[stem];
    append_item(page.stems, count <= stem_positions_max ? stem : no_stem);
    if (stem != word.form) forms.insert(word.form);
    if (page.word_count > 0) append_item(page.pairs, pair_of(before, stem));
    before = std::move(stem);
    ++page.word_count;
  }
  for (const std::string& form : forms) append_item(page.forms, form);
  page.repeats = repeats_of(counts);
  return page;
}

std::string pair_of(std::string_view first_stem, std::string_view second_stem) {
  constexpr std::string_view digits =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-";
  const std::uint32_t hash = hash_over(second_stem, hash_over(" ", hash_over(first_stem)));
  std::string pair = "+";
  const std::uint32_t folded = hash ^ hash >> 12 ^ hash >> 24;
  for (const int shift : {0, 6}) pair += digits[folded >> shift & 63];
  return pair;
}

double rank_page(std::span<const SearchTerm> terms, std::uint32_t word_count,
                 std::string_view repeats) {
  constexpr double saturation = 1.2;
  constexpr double length_weight = 0.75;
  constexpr double usual_length = 400;  // words of an A4 page of text
  const double length = word_count / usual_length;
  const double enough = saturation * (1 - length_weight + length_weight * length);
  double sum = 0;
  int term_count = 0;
  for (const SearchTerm& term : terms) {
    if (term.is_excluded) continue;
    const double count = count_of(term, repeats);
    sum += count / (count + enough);
    ++term_count;
  }
  return term_count == 0 ? 0 : sum / term_count;
}

}  // namespace civicum
