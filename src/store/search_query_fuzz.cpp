// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as a search give hits or a sentence, never an error of the database; any bytes as a
// page's text can be indexed and shown; a page is found by its own text.
#include <algorithm>
#include <cstdint>
#include <string>

#include "base/text.h"
#include "store/search.h"
#include "store/sqlite/sqlite_database.h"

namespace {

civicum::Database& database() {
  static const auto opened = civicum::SqliteDatabase::open(":memory:");
  ENSURE(opened);
  return **opened;
}

void check_search(const std::string& text) {
  const auto found = civicum::Search(database()).find({text, 5, {}});
  if (found) return;
  ENSURE(found.error().kind == civicum::ErrorKind::BadInput);
  ENSURE(found.error().what.starts_with("the search "));
  ENSURE(civicum::is_utf8(found.error().what));
}

void index_as_only_page(const std::string& text) {
  const civicum::IndexedPage page = civicum::index_page(text);
  ENSURE(civicum::is_utf8(page.stems) && civicum::is_utf8(page.forms));
  const auto spaces = std::count(page.stems.begin(), page.stems.end(), ' ');
  ENSURE(page.word_count == (page.stems.empty() ? 0 : spaces + 1));
  const auto call = civicum::index_page_call(1, 0, page);
  ENSURE(database().run(std::span(&call, 1), civicum::Durability::Relaxed));
}

/// A page with the very text of a search is found by it. A word broken at a line's end is one word
/// in a page and two in a search.
void check_found(const std::string& text) {
  const auto terms = civicum::parse_search(text);
  if (!terms) return;
  (void)civicum::make_snippet(text, *terms, {});
  const bool has_exclusion =
      std::any_of(terms->begin(), terms->end(), [](const auto& term) { return term.is_excluded; });
  if (has_exclusion || text.find("-\n") != std::string::npos) return;
  const std::string match = civicum::fts5_match(*terms);
  const auto found =
      database().run("find_pages", {match, "", std::int64_t{1}}, civicum::Durability::Relaxed);
  ENSURE(found && found->size() == 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  index_as_only_page(text);
  check_search(text);
  const std::string clean = civicum::clean_utf8(text);
  index_as_only_page(clean);
  check_found(clean);
  return 0;
}
