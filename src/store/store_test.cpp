// SPDX-License-Identifier: GPL-3.0-or-later
// Opening a store: what is refused, and with which sentence.
#include "store/store.h"

#include <doctest/doctest.h>

#include <fstream>

#include "store/postgres/pg_database.h"
#include "store/sql_catalog.h"
#include "store/sqlite/sqlite_db.h"
#include "store/test_stores.h"

using namespace civicum;

namespace {

Error refusal_of(const std::string& where) {
  const auto store = Store::open(where, "");
  REQUIRE_FALSE(store);
  return store.error();
}

}  // namespace

TEST_CASE("a folder that is not there or a file that is no database is an error with its path") {
  const auto folder = TempDir::create();
  REQUIRE(folder);
  std::ofstream(folder->path() + "/file") << "x";
  const auto missing = Store::open("", folder->path() + "/file/none");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().what.find("/file/none") != std::string::npos);
  std::ofstream(folder->path() + "/civicum.sqlite") << std::string(8192, 'x');
  const auto garbage = Store::open("", folder->path());
  REQUIRE_FALSE(garbage);
  CHECK(garbage.error().kind == ErrorKind::Corrupt);
  CHECK(garbage.error().what.find("to begin a new store") != std::string::npos);
}

TEST_CASE("a store of a newer program is refused with a sentence") {
  const SqliteTestStore place;
  (void)place.open();
  {
    auto db = SqliteDb::open(place.url().substr(7));
    REQUIRE(db);
    REQUIRE(db->execute("PRAGMA user_version=99"));
  }
  CHECK(refusal_of(place.url()).what.find("newer civicum") != std::string::npos);
}

TEST_CASE("a schema of a newer program on PostgreSQL is refused with a sentence") {
  SKIP_WITHOUT(PostgresTestStore);
  const PostgresTestStore place;
  (void)place.open();
  {
    auto connection = PgConnection::connect(*parse_pg_target(place.url()));
    REQUIRE(connection);
    (void)connection->execute("UPDATE civicum.schema_version SET version=99");
  }
  CHECK(refusal_of(place.url()).what.find("newer civicum") != std::string::npos);
}

namespace {

constexpr std::size_t schema_before_claims = 4;
constexpr const char* old_job =
    "INSERT INTO jobs(id, kind, state, priority, run_at, needs_left, errors_max, payload, "
    "created_at) VALUES(1, 'page', 'queued', 100, 0, 0, 5, 'old', 0);";

std::string old_schema(std::string_view backend) {
  std::string script;
  const std::vector<SqlFile> migrations = migrations_of(backend);
  for (std::size_t i = 0; i < schema_before_claims; ++i) script += migrations[i].text;
  return script + old_job;
}

void check_old_job(const std::string& where) {
  auto store = Store::open(where, "");
  REQUIRE(store);
  const auto claimed = store->jobs().claim({"page", 1, "w"});
  REQUIRE(claimed);
  REQUIRE(claimed->size() == 1);
  CHECK(claimed->front().payload == "old");
}

}  // namespace

TEST_CASE("jobs of a store of an older program are still there") {
  const SqliteTestStore place;
  {
    auto db = SqliteDb::open(place.url().substr(7));
    REQUIRE(db);
    REQUIRE(db->execute(old_schema("sqlite")));
    REQUIRE(db->execute("PRAGMA user_version=" + std::to_string(schema_before_claims)));
  }
  check_old_job(place.url());
}

TEST_CASE("jobs of an older schema on PostgreSQL are still there") {
  SKIP_WITHOUT(PostgresTestStore);
  const PostgresTestStore place;
  {
    auto connection = PgConnection::connect(*parse_pg_target(place.url()));
    REQUIRE(connection);
    const auto made = connection->execute(
        "CREATE SCHEMA civicum; SET search_path TO civicum;" + old_schema("postgres") +
        "CREATE TABLE schema_version(version BIGINT NOT NULL); INSERT INTO schema_version VALUES(" +
        std::to_string(schema_before_claims) + ")");
    REQUIRE(std::holds_alternative<Done>(made));
  }
  check_old_job(place.url());
}

TEST_CASE("a store's address that is none is refused") {
  CHECK(refusal_of("mysql://x").kind == ErrorKind::BadInput);
  CHECK(refusal_of("sqlite:").kind == ErrorKind::BadInput);
  CHECK(refusal_of("postgres://[::1/x").kind == ErrorKind::BadInput);
}

TEST_CASE("a database on another host is refused") {
  const Error error = refusal_of("postgres://10.0.0.7/x");
  CHECK(error.kind == ErrorKind::Refused);
  CHECK(error.what.find("sovereignty") != std::string::npos);
}

TEST_CASE("a password is not in what is said of a store's address that is none") {
  for (const char* where : {"postgre://ana:geheim@localhost/x", "ana:geheim@localhost"}) {
    CAPTURE(where);
    const Error error = refusal_of(where);
    CHECK(error.kind == ErrorKind::BadInput);
    CHECK(error.what.find("geheim") == std::string::npos);
  }
}

TEST_CASE("a server that is not there is an error with its address") {
  const Error error = refusal_of("postgres:///x?host=/nonexistent-folder");
  CHECK(error.kind == ErrorKind::Unavailable);
  CHECK(error.what.find("/nonexistent-folder") != std::string::npos);
  CHECK(error.what.find('\n') == std::string::npos);
}

TEST_CASE("two programs that open a new PostgreSQL store at once both find it") {
  SKIP_WITHOUT(PostgresTestStore);
  const PostgresTestStore place;
  Store first = place.open();
  Store second = place.open();
  CHECK(first.documents().find_or_add({"a", "", "a.pdf", 10})->id ==
        second.documents().find_or_add({"a", "", "a.pdf", 10})->id);
}

TEST_CASE("a server that is too old or a database in another encoding is said") {
  CHECK(check_pg_server("x", 150004, "UTF8"));
  const Status old = check_pg_server("x", 110022, "UTF8");
  REQUIRE_FALSE(old);
  CHECK(old.error().what.find("PostgreSQL 11, and 12 or later") != std::string::npos);
  SKIP_WITHOUT(PostgresTestStore);
  const std::string name = "latin" + std::to_string(getpid());
  PostgresTestStore::admin("CREATE DATABASE " + name +
                           " TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'");
  const Error error = refusal_of(PostgresTestStore::url_of(name));
  PostgresTestStore::admin("DROP DATABASE " + name);
  CHECK(error.kind == ErrorKind::Unavailable);
  CHECK(error.what.find("LATIN1, and a store needs UTF8") != std::string::npos);
}
