// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/page_store.h"

#include "protocol/messages.h"
#include "store/gap_codec.h"

namespace civicum {
namespace {

constexpr std::int64_t schema_version = 1;

// is_bettered: a gap or a degraded page, worth another try with a larger allowance.
constexpr const char* schema = R"sql(
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS documents(
  id INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL,
  options TEXT NOT NULL,
  type INTEGER,
  page_count INTEGER,
  UNIQUE(sha256, options));
CREATE TABLE IF NOT EXISTS pages(
  document INTEGER NOT NULL REFERENCES documents(id),
  page_index INTEGER NOT NULL,
  is_gap INTEGER NOT NULL,
  is_bettered INTEGER NOT NULL,
  outcome BLOB NOT NULL,
  attempts INTEGER NOT NULL,
  sandbox TEXT NOT NULL,
  limit_bytes INTEGER NOT NULL,
  page_seconds INTEGER NOT NULL,
  UNIQUE(document, page_index));
PRAGMA user_version=1;
COMMIT;
)sql";

Status migrate(SqliteDb& db) {
  auto version = TRY(db.prepare("PRAGMA user_version"));
  (void)TRY(version.step());
  const std::int64_t found = version.integer(0);
  version.reset();
  if (found > schema_version) {
    return Error{ErrorKind::Unavailable, "the store was written by a newer civicum (schema " +
                                             std::to_string(found) + ", this one knows " +
                                             std::to_string(schema_version) +
                                             "): update civicum or choose another --data"};
  }
  if (found == schema_version) return Done{};
  return db.execute(schema);
}

bool is_bettered_by_more(const StoredPage& page) {
  const auto* reading = std::get_if<PageReading>(&page.outcome);
  return reading == nullptr || reading->degraded.has_value();
}

Result<std::variant<PageReading, Gap>> decode_outcome(bool is_gap, std::string_view bytes) {
  if (is_gap) return std::variant<PageReading, Gap>(TRY(decode_gap(bytes)));
  return std::variant<PageReading, Gap>(TRY(protocol::decode_reading(bytes)));
}

}  // namespace

PageStore::PageStore(SqliteDb db, Statements statements)
    : db_(std::move(db)), statements_(std::move(statements)) {}

Result<PageStore> PageStore::open(const std::string& folder) {
  SqliteDb db = TRY(SqliteDb::open(folder + "/civicum.sqlite"));
  (void)TRY(migrate(db));
  auto find =
      TRY(db.prepare("SELECT id, type, page_count FROM documents WHERE sha256=? AND options=?"));
  auto add = TRY(db.prepare("INSERT INTO documents(sha256, options) VALUES(?, ?)"));
  auto opened = TRY(db.prepare("UPDATE documents SET type=?, page_count=? WHERE id=?"));
  auto save_page =
      TRY(db.prepare("INSERT OR REPLACE INTO pages VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  auto load_page = TRY(
      db.prepare("SELECT is_gap, outcome, attempts, sandbox, limit_bytes, page_seconds FROM pages"
                 " WHERE document=? AND page_index=?"));
  auto settled =
      TRY(db.prepare("SELECT page_index FROM pages WHERE document=?"
                     " AND (is_bettered=0 OR (limit_bytes>=? AND page_seconds>=?))"));
  auto gaps = TRY(
      db.prepare("SELECT page_index FROM pages WHERE document=? AND is_gap=1 ORDER BY page_index"));
  auto count = TRY(db.prepare("SELECT count(*) FROM pages WHERE document=?"));
  return PageStore(
      std::move(db),
      Statements{std::move(find), std::move(add), std::move(opened), std::move(save_page),
                 std::move(load_page), std::move(settled), std::move(gaps), std::move(count)});
}

Result<StoredDocument> PageStore::find_or_add(const std::string& sha256,
                                              const std::string& options) {
  SqliteStatement& find = statements_.find;
  StoredDocument document;
  if (TRY(find.bind(sha256).bind(options).step())) {
    document.id = find.integer(0);
    if (!find.is_null(2)) {
      document.opened = DocumentShape{static_cast<DocumentType>(find.integer(1)),
                                      static_cast<std::uint32_t>(find.integer(2))};
    }
    find.reset();
    return document;
  }
  find.reset();
  (void)TRY(statements_.add.bind(sha256).bind(options).run());
  document.id = db_.last_insert_id();
  return document;
}

Status PageStore::save_opened(DocumentId document, const DocumentShape& opened) {
  return statements_.opened.bind(static_cast<std::int64_t>(opened.type))
      .bind(std::int64_t{opened.page_count})
      .bind(document)
      .run();
}

Status PageStore::save_page(DocumentId document, std::uint32_t page_index, const StoredPage& page) {
  const auto* gap = std::get_if<Gap>(&page.outcome);
  const std::string outcome = gap != nullptr
                                  ? encode_gap(*gap)
                                  : protocol::encode_reading(std::get<PageReading>(page.outcome));
  return statements_.save_page.bind(document)
      .bind(std::int64_t{page_index})
      .bind(std::int64_t{gap != nullptr})
      .bind(std::int64_t{is_bettered_by_more(page)})
      .bind_blob(outcome)
      .bind(std::int64_t{page.attempts})
      .bind(page.sandbox)
      .bind(static_cast<std::int64_t>(page.allowance.limit.count))
      .bind(std::int64_t{page.allowance.page_seconds})
      .run();
}

Result<std::optional<StoredPage>> PageStore::load_page(DocumentId document,
                                                       std::uint32_t page_index) {
  SqliteStatement& load = statements_.load_page;
  const bool is_there = TRY(load.bind(document).bind(std::int64_t{page_index}).step());
  if (!is_there) {
    load.reset();
    return std::optional<StoredPage>();
  }
  StoredPage page;
  auto outcome = decode_outcome(load.integer(0) != 0, load.bytes(1));
  page.attempts = static_cast<std::uint32_t>(load.integer(2));
  page.sandbox = load.bytes(3);
  page.allowance = {Bytes{static_cast<std::uint64_t>(load.integer(4))},
                    static_cast<std::uint32_t>(load.integer(5))};
  load.reset();
  page.outcome = TRY(std::move(outcome));
  return std::optional(std::move(page));
}

Result<std::vector<bool>> PageStore::settled_pages(DocumentId document, std::uint32_t page_count,
                                                   const PageAllowance& allowance) {
  std::vector<bool> settled(page_count, false);
  SqliteStatement& query = statements_.settled;
  query.bind(document)
      .bind(static_cast<std::int64_t>(allowance.limit.count))
      .bind(std::int64_t{allowance.page_seconds});
  while (TRY(query.step())) {
    const auto index = static_cast<std::uint64_t>(query.integer(0));
    if (index < page_count) settled[index] = true;
  }
  query.reset();
  return settled;
}

Result<std::vector<std::uint32_t>> PageStore::gap_pages(DocumentId document) {
  std::vector<std::uint32_t> pages;
  SqliteStatement& query = statements_.gaps;
  query.bind(document);
  while (TRY(query.step())) pages.push_back(static_cast<std::uint32_t>(query.integer(0)));
  query.reset();
  return pages;
}

Result<std::uint32_t> PageStore::count_ended(DocumentId document) {
  SqliteStatement& query = statements_.count;
  (void)TRY(query.bind(document).step());
  const auto count = static_cast<std::uint32_t>(query.integer(0));
  query.reset();
  return count;
}

}  // namespace civicum
