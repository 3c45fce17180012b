// SPDX-License-Identifier: GPL-3.0-or-later
// Full-text search over the pages' text, the same on both stores: search_index.h says why. What can
// be asked for is in search_query.h. Blocking; milliseconds, but for purge() and index_missing().
//
// Invariant: a page is found by what index_page_call() last gave, which belongs into the
// transaction that saves the page; it is not found once remove_document_call() has run. Documents
// does both.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/database.h"
#include "store/documents.h"
#include "store/search_index.h"
#include "store/search_snippet.h"

namespace civicum {

inline constexpr std::uint32_t search_hits_max = 100;
/// Of more pages than these the first ones are ranked, in the order of documents and pages.
inline constexpr std::size_t ranked_pages_max = 5000;

struct SearchQuery {
  std::string text;
  std::uint32_t limit = 20;  ///< at most search_hits_max
  SnippetMarks marks;
};

struct SearchHit {
  DocumentId document = 0;
  std::uint32_t page_index = 0;
  double rank = 0;  ///< 0 … 1, more is better
  std::string snippet;
};

struct SearchResult {
  std::vector<SearchHit> hits;  ///< best first; equals in the order of documents and pages
  bool is_limited = false;      ///< more than ranked_pages_max pages had the words
};

class Search {
 public:
  explicit Search(Database& database) : database_(&database) {}

  /// BadInput with a sentence where the query is none.
  Result<SearchResult> find(const SearchQuery& query);
  /// Indexes pages that were saved without, in the order of documents, at most `count`; answers how
  /// many. For stores of before there was search, and again until the answer is 0.
  Result<std::size_t> index_missing(std::size_t count);
  /// Takes the words of removed and replaced pages out of the file: an index only notes at first
  /// that they are gone. After removals; may take seconds, in steps that let others write between.
  Status purge();

 private:
  Database* database_;
};

/// Of a gap it is nothing.
IndexedPage index_of(const StoredPage& page);
/// Replaces what was indexed of a page. `page` must outlive the call.
SqlCall index_page_call(DocumentId document, std::uint32_t page_index, const IndexedPage& page);
SqlCall remove_document_call(DocumentId document);

}  // namespace civicum
