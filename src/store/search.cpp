// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/search.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace civicum {
namespace {

/// A page's key is its document and its index in one number, so that the index of FTS5, which knows
/// pages by one number only, needs no table beside it. The SQL says the same (0004_search.sql).
constexpr std::int64_t keys_per_document = 131'072;
static_assert(document_pages_max <= keys_per_document);
/// How many pages of the index are rewritten in one transaction: about 4 MiB.
constexpr std::int64_t purge_step_pages = 1000;

std::int64_t key_of(DocumentId document, std::uint32_t page_index) {
  ENSURE(document > 0 && document < std::int64_t{1} << 46 && page_index < keys_per_document);
  return document * keys_per_document + page_index;
}

/// A page that matches; its place is its key's.
struct Candidate {
  std::int64_t key = 0;
  double rank = 0;
};

std::vector<Candidate> ranked(const SqlRows& rows, std::span<const SearchTerm> terms) {
  std::vector<Candidate> candidates;
  const std::size_t count = std::min(rows.size(), ranked_pages_max);
  candidates.reserve(count);
  for (std::size_t row = 0; row < count; ++row) {
    const auto word_count = static_cast<std::uint32_t>(rows.integer(row, 1));
    candidates.push_back({rows.integer(row, 0), rank_page(terms, word_count, rows.bytes(row, 2))});
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.rank > b.rank; });
  return candidates;
}

}  // namespace

IndexedPage index_of(const StoredPage& page) {
  const auto* reading = std::get_if<PageReading>(&page.outcome);
  return reading != nullptr ? index_page(reading->content.text) : IndexedPage();
}

SqlCall index_page_call(DocumentId document, std::uint32_t page_index, const IndexedPage& page) {
  return {"index_page",
          {key_of(document, page_index), std::int64_t{page.word_count}, SqlBytes{page.repeats},
           page.stems, page.forms, page.pairs}};
}

SqlCall remove_document_call(DocumentId document) {
  return {
      "unindex_document",
      {key_of(document, 0), key_of(document, static_cast<std::uint32_t>(keys_per_document - 1))}};
}

Result<SearchResult> Search::find(const SearchQuery& query) {
  const std::vector<SearchTerm> terms = TRY(parse_search(query.text));
  const SqlRows rows = TRY(database_->run(
      "find_pages",
      {fts5_match(terms), ts_query(terms), static_cast<std::int64_t>(ranked_pages_max + 1)},
      Durability::Relaxed));
  SearchResult result;
  result.is_limited = rows.size() > ranked_pages_max;
  const std::size_t limit = std::min(query.limit, search_hits_max);
  Documents documents(*database_);
  for (const Candidate& candidate : ranked(rows, terms)) {
    if (result.hits.size() == limit) break;
    SearchHit hit{candidate.key / keys_per_document,
                  static_cast<std::uint32_t>(candidate.key % keys_per_document),
                  candidate.rank,
                  {}};
    const auto page = TRY(documents.load_page(hit.document, hit.page_index));
    const auto* reading = page ? std::get_if<PageReading>(&page->outcome) : nullptr;
    if (reading == nullptr) continue;  // removed since it was found
    hit.snippet = make_snippet(reading->content.text, terms, query.marks);
    result.hits.push_back(std::move(hit));
  }
  return result;
}

Result<std::size_t> Search::index_missing(std::size_t count) {
  const SqlRows rows = TRY(database_->run("pages_without_index", {static_cast<std::int64_t>(count)},
                                          Durability::Relaxed));
  Documents documents(*database_);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const DocumentId document = rows.integer(row, 0);
    const auto page_index = static_cast<std::uint32_t>(rows.integer(row, 1));
    const auto page = TRY(documents.load_page(document, page_index));
    const IndexedPage indexed = page ? index_of(*page) : IndexedPage();
    const SqlCall call = index_page_call(document, page_index, indexed);
    (void)TRY(database_->run(std::span(&call, 1), Durability::Relaxed));
  }
  return rows.size();
}

Status Search::purge() {
  // FTS5's documentation, "merge": a negative number begins to merge all there is, and a step that
  // changed fewer than two rows was the last.
  for (std::int64_t pages = -purge_step_pages;; pages = purge_step_pages) {
    const std::array calls = {SqlCall{"count_index_changes", {}}, SqlCall{"merge_index", {pages}}};
    const std::vector<SqlRows> changes = TRY(database_->run(calls, Durability::Relaxed));
    if (changes[1].integer(0, 0) - changes[0].integer(0, 0) < 2) return Done{};
  }
}

}  // namespace civicum
