// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/search_snippet.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/text.h"
#include "store/search_index.h"
#include "store/search_words.h"
#include "store/spanish_stem.h"

namespace civicum {
namespace {

/// Words before the first one that is marked.
constexpr std::size_t lead_words = 6;
/// A snippet is a line, whatever stands between its words.
constexpr std::size_t snippet_bytes_max = 600;

struct StemmedWord {
  TextWord word;
  std::string stem;
};

/// A term and where it stands: words [begin, end).
struct Match {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t term = 0;
};

std::vector<StemmedWord> stemmed_words(std::string_view text) {
  SpanishStemmer stemmer;
  std::vector<StemmedWord> words;
  for (TextWord& word : split_words(text, indexed_words_max)) {
    std::string stem = stemmer.stem(word.form);
    words.push_back({std::move(word), std::move(stem)});
  }
  return words;
}

/// As the stores match (search_index.h): a single word is a stem or a form, a phrase is of stems.
bool stands_at(const SearchTerm& term, std::span<const StemmedWord> words) {
  if (words.size() < term.words.size()) return false;
  const StemmedWord& first = words.front();
  if (term.is_prefix) {
    return first.word.form.starts_with(term.words[0]) || first.stem.starts_with(term.words[0]);
  }
  if (term.words.size() == 1 && first.word.form == term.words[0]) return true;
  return std::equal(term.words.begin(), term.words.end(), words.begin(),
                    [](const std::string& stem, const StemmedWord& w) { return w.stem == stem; });
}

std::vector<Match> matches_in(std::span<const StemmedWord> words,
                              std::span<const SearchTerm> terms) {
  std::vector<Match> matches;
  for (std::size_t at = 0; at < words.size(); ++at) {
    for (std::size_t i = 0; i < terms.size(); ++i) {
      const SearchTerm& term = terms[i];
      if (term.is_excluded || !stands_at(term, words.subspan(at))) continue;
      matches.push_back({at, at + term.words.size(), i});
    }
  }
  return matches;
}

/// Different terms first, then how many words in all.
std::pair<std::size_t, std::size_t> worth_of(std::span<const Match> matches) {
  std::set<std::size_t> terms;
  std::size_t count = 0;
  const std::size_t limit = matches.front().begin + snippet_words_max - lead_words;
  for (const Match& match : matches) {
    if (match.begin >= limit) break;
    if (match.end > limit) continue;
    terms.insert(match.term);
    ++count;
  }
  return {terms.size(), count};
}

/// The first word of the best part.
std::size_t best_begin(std::span<const Match> matches) {
  std::size_t best = 0;
  std::pair<std::size_t, std::size_t> worth{0, 0};
  for (std::size_t i = 0; i < matches.size(); ++i) {
    const auto found = worth_of(matches.subspan(i));
    if (found > worth) {
      worth = found;
      best = matches[i].begin;
    }
  }
  return best > lead_words ? best - lead_words : 0;
}

/// The text as one line: blanks and line ends become one space each run.
void append_line(std::string& line, std::string_view text) {
  for (const char c : text) {
    const bool is_blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!is_blank) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
}

/// Which words are marked, for words [begin, end).
std::vector<bool> marked_words(std::span<const Match> matches, std::size_t begin, std::size_t end) {
  std::vector<bool> marked(end - begin, false);
  for (const Match& match : matches) {
    for (std::size_t i = std::max(match.begin, begin); i < std::min(match.end, end); ++i) {
      marked[i - begin] = true;
    }
  }
  return marked;
}

}  // namespace

std::string make_snippet(std::string_view text, std::span<const SearchTerm> terms,
                         const SnippetMarks& marks) {
  const std::vector<StemmedWord> words = stemmed_words(text);
  if (words.empty()) return {};
  const std::vector<Match> matches = matches_in(words, terms);
  const std::size_t begin = best_begin(matches);
  const std::size_t end = std::min(begin + snippet_words_max, words.size());
  const std::vector<bool> marked = marked_words(matches, begin, end);
  std::string line = begin > 0 ? "…" : "";
  std::size_t at = words[begin].word.begin;
  std::size_t last = begin;
  for (; last < end && line.size() < snippet_bytes_max; ++last) {
    const TextWord& word = words[last].word;
    append_line(line, text.substr(at, word.begin - at));
    if (marked[last - begin]) line += marks.begin;
    append_line(line, text.substr(word.begin, word.end - word.begin));
    if (marked[last - begin]) line += marks.end;
    at = word.end;
  }
  return last < words.size() ? line + "…" : line;
}

}  // namespace civicum
