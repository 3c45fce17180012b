// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/check.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <type_traits>

#include "store/sqlite/sqlite_db.h"
#include "store/test_stores.h"

using namespace civicum;

namespace {

const std::string digest(64, 'a');

/// Some bytes in a file without a name.
struct Original {
  explicit Original(std::string text)
      : folder(SqliteTestStore::must(TempDir::create())),
        fd(SqliteTestStore::must(open_spool(folder.path()))),
        bytes(std::move(text)) {
    REQUIRE(write_all(fd.get(), bytes));
  }
  TempDir folder;
  Fd fd;
  std::string bytes;
};

/// The digests that originals of these tests have are said, not computed.
Result<std::string> said_digest(int fd) {
  return TRY(read_file("/proc/self/fd/" + std::to_string(fd), mib(1))).substr(0, 64);
}

StoredPage page_of(const std::string& text) {
  PageReading reading;
  reading.content.text = text;
  return {reading, 1, "", {}};
}

template <typename TestStore>
void break_store(const TestStore& place, const std::string& sql) {
  if constexpr (std::is_same_v<TestStore, SqliteTestStore>) {
    auto db = SqliteDb::open(place.url().substr(7));
    REQUIRE(db);
    REQUIRE(db->execute("PRAGMA foreign_keys=OFF; " + sql));
  } else {
    auto connection = PgConnection::connect(*parse_pg_target(place.url()));
    REQUIRE(connection);
    const auto done = connection->execute("SET search_path TO civicum; " + sql);
    REQUIRE(std::holds_alternative<Done>(done));
  }
}

}  // namespace

TEST_CASE_TEMPLATE("a store that is not whole says what is wrong", TestStore, SqliteTestStore,
                   PostgresTestStore) {
  SKIP_WITHOUT(TestStore);
  const TestStore place;
  Store store = place.open();
  const TempDir spool = SqliteTestStore::must(TempDir::create());
  FolderBlobs blobs(spool.path() + "/blobs", Marked::No);
  CHECK(SqliteTestStore::must(store.check(blobs, said_digest)).empty());
  Documents documents = store.documents();
  const DocumentId id = documents.find_or_add({digest, "", "a.pdf", 10})->id;
  REQUIRE(documents.save_opened(id, {DocumentType::Pdf, 3}));
  REQUIRE(documents.write(end_document_call(id)));
  const NewDocument kept{digest, "", "a.pdf", 10};
  REQUIRE(documents.write(keep_document_call(id, kept)));
  const Original original(std::string(100, 'x'));
  REQUIRE(blobs.put(original.fd.get(), std::string(64, 'b'), 100));
  const auto findings = SqliteTestStore::must(store.check(blobs, said_digest));
  REQUIRE(findings.size() == 3);
  CHECK(findings[0].find("another number of pages") != std::string::npos);
  CHECK(findings[1] == "original " + digest + ": it is missing");
  CHECK(findings[2].find("belongs to no document") != std::string::npos);
}

TEST_CASE_TEMPLATE("each thing that can be wrong with pages and search is found", TestStore,
                   SqliteTestStore, PostgresTestStore) {
  SKIP_WITHOUT(TestStore);
  struct Harm {
    std::string sql;
    std::string finding;
  };
  const std::string search_row =
      "INSERT INTO search_pages SELECT page_key+1000000, word_count, repeats" +
      std::string(std::is_same_v<TestStore, SqliteTestStore> ? "" : ", words") +
      " FROM search_pages WHERE page_key=131072";
  const Harm harms[] = {
      {"DELETE FROM search_pages WHERE page_key=131073", "document 1: search does not find all"},
      {search_row, "document 8: search still has a page"},
      {"UPDATE pages SET outcome=substr(outcome, 1, 4) WHERE page_index=1",
       "document 1: what was kept of page 2 cannot be read"},
      {"UPDATE pages SET page_index=7 WHERE page_index=1", "document 1: it has a page behind its"},
      {"UPDATE pages SET is_gap=1 WHERE page_index=1", "document 1: it ended as done and has gaps"},
      {"UPDATE documents SET state='done_with_gaps'",
       "document 1: it ended with gaps and has none"},
      {"DELETE FROM pages WHERE page_index=1", "document 1: it ended with another number of pages"},
  };
  for (const Harm& harm : harms) {
    CAPTURE(harm.sql);
    const TestStore place;
    Store store = place.open();
    const TempDir spool = SqliteTestStore::must(TempDir::create());
    FolderBlobs blobs(spool.path() + "/blobs", Marked::No);
    Documents documents = store.documents();
    const DocumentId id = documents.find_or_add({digest, "", "a.pdf", 10})->id;
    REQUIRE(documents.save_opened(id, {DocumentType::Pdf, 2}));
    REQUIRE(documents.save_page(id, 0, page_of("acta número uno")));
    REQUIRE(documents.save_page(id, 1, page_of("acta número dos")));
    REQUIRE(documents.write(end_document_call(id)));
    REQUIRE(SqliteTestStore::must(store.check(blobs, said_digest)).empty());
    break_store(place, harm.sql);
    const auto findings = SqliteTestStore::must(store.check(blobs, said_digest));
    std::string all;
    for (const std::string& finding : findings) all += finding + "; ";
    CAPTURE(all);
    CHECK(all.find(harm.finding) != std::string::npos);
  }
}

TEST_CASE("search of a SQLite store is looked at word by word") {
  const SqliteTestStore place;
  Store store = place.open();
  FolderBlobs blobs(store.folder() + "/blobs", Marked::No);
  Documents documents = store.documents();
  const DocumentId id = documents.find_or_add({digest, "", "a.pdf", 10})->id;
  REQUIRE(documents.save_page(id, 0, page_of("acta número uno")));
  break_store(place, "INSERT INTO search_words(rowid, stems, forms) VALUES(131079, 'x', '')");
  auto findings = SqliteTestStore::must(store.check(blobs, {}));
  REQUIRE(findings.size() == 1);
  CHECK(findings[0] == "document 1: search has other words than pages of it");
  break_store(place,
              "DELETE FROM search_words WHERE rowid=131079; "
              "UPDATE search_words_content SET c0='otra' WHERE id=131072");
  findings = SqliteTestStore::must(store.check(blobs, {}));
  REQUIRE(findings.size() == 1);
  CHECK(findings[0] == "the search index: it is damaged");
}

TEST_CASE_TEMPLATE("originals are compared with their digests, where these are asked for",
                   TestStore, SqliteTestStore, PostgresTestStore) {
  SKIP_WITHOUT(TestStore);
  const TestStore place;
  Store store = place.open();
  const TempDir spool = SqliteTestStore::must(TempDir::create());
  const auto blobs = SqliteTestStore::must(store.open_blobs("", spool.path()));
  const Original original(digest);  // that says its own digest
  REQUIRE(blobs->put(original.fd.get(), digest, digest.size()));
  const DocumentId id = store.documents().find_or_add({digest, "", "a.pdf", 64})->id;
  const NewDocument kept{digest, "", "a.pdf", digest.size()};
  REQUIRE(store.documents().write(keep_document_call(id, kept)));
  REQUIRE(store.documents().write(fail_document_call(id, "damaged", "")));
  CHECK(SqliteTestStore::must(store.check(*blobs, said_digest)).empty());
  if constexpr (std::is_same_v<TestStore, SqliteTestStore>) {
    const std::string path = store.folder() + "/blobs/aa/" + digest;
    std::ofstream(path, std::ios::in | std::ios::out) << "x";
  } else {
    break_store(place, "UPDATE blob_parts SET bytes=overlay(bytes placing 'x' from 1)");
  }
  CHECK(SqliteTestStore::must(store.check(*blobs, {})).empty());
  const auto findings = SqliteTestStore::must(store.check(*blobs, said_digest));
  REQUIRE(findings.size() == 1);
  CHECK(findings[0] == "original " + digest + ": its bytes are not those that were handed in");
}

TEST_CASE("an original of which a part is missing in PostgreSQL is found") {
  SKIP_WITHOUT(PostgresTestStore);
  const PostgresTestStore place;
  Store store = place.open();
  const TempDir spool = SqliteTestStore::must(TempDir::create());
  const auto blobs = store.open_database_blobs(spool.path());
  const Original original(std::string((blob_part_bytes.count * 3) / 2, 'x'));
  REQUIRE(blobs->put(original.fd.get(), digest, original.bytes.size()));
  break_store(place, "DELETE FROM blob_parts WHERE part=1");
  const auto findings = SqliteTestStore::must(store.check(*blobs, {}));
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].find("has not all its bytes") != std::string::npos);
}

TEST_CASE("a damaged SQLite file is a finding, not the end of the check") {
  const SqliteTestStore place;
  const std::string path = place.url().substr(7);
  {
    Store store = place.open();
    for (int i = 0; i < 200; ++i) {
      const std::string name = std::to_string(i);
      REQUIRE(store.documents().find_or_add({digest + name, "", name + std::string(200, 'x'), 1}));
    }
    REQUIRE(store.scrub());
  }
  const auto size = std::filesystem::file_size(path);
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    for (std::uintmax_t at = 122'880; at < size; at += 4096) {
      file.seekp(static_cast<std::streamoff>(at));
      file << std::string(64, '\xA5');
    }
  }
  Store store = place.open();
  FolderBlobs blobs(store.folder() + "/blobs", Marked::No);
  const auto findings = SqliteTestStore::must(store.check(blobs, {}));
  REQUIRE_FALSE(findings.empty());
  CHECK(findings[0].find("the database: ") == 0);
}
