// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as a search give hits or a sentence, never an error of the database; any bytes as a
// page's text can be indexed and shown.
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

void check_page(const std::string& text) {
  const civicum::IndexedPage page = civicum::index_page(text);
  ENSURE(civicum::is_utf8(page.stems) && civicum::is_utf8(page.forms));
  const auto spaces = std::count(page.stems.begin(), page.stems.end(), ' ');
  ENSURE(page.word_count == (page.stems.empty() ? 0 : spaces + 1));
  const auto call = civicum::index_page_call(1, 0, page);
  ENSURE(database().run(std::span(&call, 1), civicum::Durability::Relaxed));
  const auto terms = civicum::parse_search(text);
  if (terms) (void)civicum::make_snippet(civicum::clean_utf8(text), *terms, {});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check_page(text);
  check_search(text);
  return 0;
}
