// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/search_query.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "store/search_index.h"
#include "store/search_words.h"
#include "store/spanish_stem.h"

namespace civicum {
namespace {

constexpr std::array<std::string_view, 6> quotes = {"\"",     "\u201C", "\u201D",
                                                    "\u201E", "\u00AB", "\u00BB"};

Error bad_search(const std::string& what) { return {ErrorKind::BadInput, "the search " + what}; }

/// The size of the quotation mark that the text begins with, or 0.
std::size_t quote_size(std::string_view text) {
  for (const std::string_view quote : quotes) {
    if (text.starts_with(quote)) return quote.size();
  }
  return 0;
}

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t'; }

/// A part of the search as it was written.
struct Piece {
  std::string_view text;
  bool is_quoted = false;
  bool is_excluded = false;
};

class PieceReader {
 public:
  explicit PieceReader(std::string_view text) : rest_(text) {}

  bool skip_blanks() {
    while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
    return !rest_.empty();
  }

  /// The next piece; where skip_blanks() found one.
  Result<Piece> read() {
    Piece piece;
    piece.is_excluded = rest_.size() > 1 && rest_[0] == '-' && !is_blank(rest_[1]);
    if (piece.is_excluded) rest_.remove_prefix(1);
    if (const std::size_t quote = quote_size(rest_); quote > 0) {
      rest_.remove_prefix(quote);
      piece.is_quoted = true;
    }
    std::size_t end = 0;
    while (end < rest_.size() && quote_size(rest_.substr(end)) == 0 &&
           (piece.is_quoted || !is_blank(rest_[end]))) {
      ++end;
    }
    piece.text = rest_.substr(0, end);
    rest_.remove_prefix(end);
    if (!piece.is_quoted) return piece;
    if (rest_.empty()) {
      return bad_search("has a quotation mark that is not closed, before: " +
                        std::string(cut_utf8(piece.text, 60)));
    }
    rest_.remove_prefix(quote_size(rest_));
    return piece;
  }

 private:
  std::string_view rest_;
};

/// The term that ends with a piece's last word and its star.
Result<SearchTerm> prefix_of(const Piece& piece, std::string form) {
  if (count_code_points(form) < search_prefix_min) {
    return bad_search("needs at least " + std::to_string(search_prefix_min) +
                      " letters or digits before the star of: " + std::string(piece.text));
  }
  return SearchTerm{{std::move(form)}, true, piece.is_excluded};
}

/// Appends what the piece asks for, which may be nothing. "302/20*" is two terms, so an excluded
/// one would take away too much.
Status append_terms(std::vector<SearchTerm>& terms, const Piece& piece) {
  std::vector<TextWord> words = split_words(piece.text, search_words_max + 1);
  const bool is_prefix = !piece.is_quoted && !words.empty() && piece.text.ends_with('*');
  if (is_prefix) {
    if (piece.is_excluded && words.size() > 1) {
      return bad_search("can exclude a beginning of one word only, not: " +
                        std::string(piece.text));
    }
    terms.push_back(TRY(prefix_of(piece, std::move(words.back().form))));
    words.pop_back();
  }
  if (words.empty()) return Done{};
  SpanishStemmer stemmer;
  SearchTerm term{{}, false, piece.is_excluded};
  for (const TextWord& word : words) term.words.push_back(stemmer.stem(word.form));
  terms.push_back(std::move(term));
  return Done{};
}

std::string joined(std::span<const std::string> words, std::string_view between) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += between;
    text += word;
  }
  return text;
}

/// Terms as a store says them, and its words for "and", "or", "but not".
struct Dialect {
  std::string (*term)(const SearchTerm&);
  std::string_view both;
  std::string_view either;
  std::string_view but_not;
};

std::string said_in(const Dialect& dialect, std::span<const SearchTerm> terms) {
  std::vector<std::string> wanted;
  std::vector<std::string> excluded;
  for (const SearchTerm& term : terms) {
    (term.is_excluded ? excluded : wanted).push_back(dialect.term(term));
  }
  std::string text = "(" + joined(wanted, dialect.both) + ")";
  if (excluded.empty()) return text;
  return text.append(dialect.but_not) + "(" + joined(excluded, dialect.either) + ")";
}

/// Words are letters and digits, so that nothing in them needs escaping. The forms of a page stand
/// in no order: only stems make a phrase.
std::string fts5_term(const SearchTerm& term) {
  const std::string quoted = "\"" + joined(term.words, " ") + "\"";
  if (term.is_prefix) return quoted + "*";
  return term.words.size() > 1 ? "(stems : " + quoted + ")" : quoted;
}

/// The pairs come first: where one is missing, the index has the answer.
std::string ts_term(const SearchTerm& term) {
  std::string quoted = "'" + joined(term.words, "' <-> '") + "'";
  if (term.is_prefix) return quoted + ":*";
  std::string pairs;
  for (std::size_t i = 1; i < term.words.size(); ++i) {
    pairs += "'" + pair_of(term.words[i - 1], term.words[i]) + "' & ";
  }
  return "(" + pairs + (pairs.empty() ? quoted : "(" + quoted + ")") + ")";
}

}  // namespace

Result<std::vector<SearchTerm>> parse_search(std::string_view text) {
  if (text.size() > search_bytes_max) {
    return bad_search("is longer than " + std::to_string(search_bytes_max) + " bytes");
  }
  const std::string clean = clean_utf8(text);
  std::vector<SearchTerm> terms;
  PieceReader pieces(clean);
  while (pieces.skip_blanks()) {
    const Piece piece = TRY(pieces.read());
    (void)TRY(append_terms(terms, piece));
  }
  std::size_t word_count = 0;
  for (const SearchTerm& term : terms) word_count += term.words.size();
  if (word_count > search_words_max) {
    return bad_search("has more than " + std::to_string(search_words_max) + " words");
  }
  if (terms.empty()) return bad_search("has no word to look for");
  if (std::all_of(terms.begin(), terms.end(), [](const auto& term) { return term.is_excluded; })) {
    return bad_search("only excludes: it needs a word that is to be found as well");
  }
  return terms;
}

std::string fts5_match(std::span<const SearchTerm> terms) {
  return said_in({fts5_term, " AND ", " OR ", " NOT "}, terms);
}

std::string ts_query(std::span<const SearchTerm> terms) {
  return said_in({ts_term, " & ", " | ", " & !"}, terms);
}

}  // namespace civicum
