// SPDX-License-Identifier: GPL-3.0-or-later
// What search keeps of a page, the same on both stores, and how good a hit it is. Pure.
//
// The stores do no language work of their own (no unaccent, no text search configuration, no
// tokenizer of theirs): they are given stems and forms and match them byte by byte. That is why the
// same search has the same hits, in the same order, on either.
//
//   stems    every word's stem, in the text's order, parted by spaces: words and phrases
//   forms    the words that differ from their stems, each once: what prefixes find beside stems
//   repeats  the stems that stand there more than once: 3 bytes each, a 16-bit hash (little
//            endian) and the count; two stems of one hash only misplace a hit a little
//   pairs    a hash of 12 bits of each two stems in a row, as words that begin with '+'. To see
//            whether a phrase is there PostgreSQL has to read a page's positions; where its words
//            are common this spares it 14 of 15 pages. More bits would spare more, and make the
//            index five times as large.
//
// PostgreSQL's tsvector sets the bounds: 16,383 positions, 255 of one stem, 1 MiB in all. Of a
// longer page the first part is found.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "store/search_query.h"

namespace civicum {

inline constexpr std::size_t indexed_words_max = 16'000;
inline constexpr std::size_t indexed_bytes_max = 400'000;
inline constexpr std::size_t stem_positions_max = 250;

struct IndexedPage {
  std::string stems;
  std::string forms;
  std::string repeats;
  std::string pairs;
  std::uint32_t word_count = 0;
};

IndexedPage index_page(std::string_view text);
std::string pair_of(std::string_view first_stem, std::string_view second_stem);

/// 0 … 1, more is better, for a page that has all words that are asked for: how often they stand
/// there for its length, as BM25 weighs it (Robertson and Zaragoza 2009, k1 and b as usual). How
/// rare a word is plays no part, because every hit has them all.
double rank_page(std::span<const SearchTerm> terms, std::uint32_t word_count,
                 std::string_view repeats);

}  // namespace civicum
