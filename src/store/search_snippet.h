// SPDX-License-Identifier: GPL-3.0-or-later
// The part of a page's text that shows best why it was found. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "store/search_query.h"

namespace civicum {

inline constexpr std::size_t snippet_words_max = 30;

/// What stands before and after a word that was looked for.
struct SnippetMarks {
  std::string begin = "[";
  std::string end = "]";
};

/// At most snippet_words_max words in one line, with as many of the terms as stand together; "…"
/// where the text goes on. The text's beginning where no term is in it.
std::string make_snippet(std::string_view text, std::span<const SearchTerm> terms,
                         const SnippetMarks& marks);

}  // namespace civicum
