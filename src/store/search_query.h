// SPDX-License-Identifier: GPL-3.0-or-later
// The search language, and how each store's own language says the same. Pure.
//
//   resolución exenta      pages with both words, in any of their forms
//   "resolución exenta"    … in a row; “ ” and « » are quotation marks as well
//   12.345.678-5  a@b.cl   what is several words to search_words.h is looked for in a row
//   notific*               words that begin so
//   -borrador  -"sin efecto"  -anul*     but no page with this
//
// Accents and case do not matter; signs that are none of these stand between words.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace civicum {

inline constexpr std::size_t search_bytes_max = 1000;
inline constexpr std::size_t search_words_max = 32;
/// A shorter beginning has so many words that looking through them takes seconds.
inline constexpr std::size_t search_prefix_min = 3;

/// Stems in a row, or one form that words begin with.
struct SearchTerm {
  std::vector<std::string> words;
  bool is_prefix = false;
  bool is_excluded = false;
};

/// Any bytes. At least one term is not excluded. BadInput with a sentence where the text asks for
/// nothing that can be found, or for too much.
Result<std::vector<SearchTerm>> parse_search(std::string_view text);

/// For SQLite's FTS5, over a table with the columns stems and forms (search_index.h).
std::string fts5_match(std::span<const SearchTerm> terms);

/// For PostgreSQL, as the text of a tsquery.
std::string ts_query(std::span<const SearchTerm> terms);

}  // namespace civicum
