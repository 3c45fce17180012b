// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/sql_catalog.h"

#include <doctest/doctest.h>

#include <array>

using namespace civicum;

TEST_CASE("an operation's values are numbered per statement, outside quotes, comments and casts") {
  const std::array files = {SqlFile{"shared.sql",
                                    "-- SPDX\n-- name: save(a, b, c) must\n"
                                    "UPDATE t SET x=:c WHERE y=:a; -- of :b; not here\n"
                                    "SELECT ':a;', :b::bigint, :b;\n"}};
  const SqlCatalog catalog = SqlCatalog::load("sqlite", files);
  const SqlOperation& save = catalog["save"];
  CHECK(save.value_count == 3);
  CHECK(save.must_find);
  REQUIRE(save.statements.size() == 2);
  CHECK(save.statements[0].sql == "\nUPDATE t SET x=$1 WHERE y=$2");
  CHECK(save.statements[0].parameters == std::vector<std::size_t>{2, 0});
  CHECK(save.statements[1].sql.ends_with("SELECT ':a;', $1::bigint, $1"));
  CHECK(save.statements[1].parameters == std::vector<std::size_t>{1});
}

TEST_CASE("a backend's own words stand before the shared ones, and others' are not seen") {
  const std::array files = {
      SqlFile{"shared.sql", "-- name: a()\nSELECT 1;\n-- name: b()\nSELECT 2;\n"},
      SqlFile{"postgres/own.sql", "-- name: a()\nSELECT 3;\n"},
      SqlFile{"sqlite/migrations/0001_first.sql", "CREATE TABLE t(x);"},
      SqlFile{"sqlite/migrations/0002_second.sql", "CREATE TABLE u(x);"}};
  CHECK(SqlCatalog::load("sqlite", files)["a"].statements[0].sql == "\nSELECT 1");
  CHECK(SqlCatalog::load("postgres", files)["a"].statements[0].sql == "\nSELECT 3");
  CHECK(SqlCatalog::load("postgres", files)["b"].statements[0].sql == "\nSELECT 2");
  const auto migrations = migrations_of("sqlite", files);
  REQUIRE(migrations.size() == 2);
  CHECK(migrations[1].path == "sqlite/migrations/0002_second.sql");
  CHECK(migrations_of("postgres", files).empty());
}

TEST_CASE("both backends know the same operations with the same values") {
  const SqlCatalog sqlite = SqlCatalog::load("sqlite");
  const SqlCatalog postgres = SqlCatalog::load("postgres");
  for (const auto& known : sqlite.operations()) {
    CAPTURE(known.first);
    REQUIRE(postgres.operations().contains(known.first));
    CHECK(postgres[known.first].value_count == known.second.value_count);
    CHECK(postgres[known.first].must_find == known.second.must_find);
  }
  CHECK(sqlite.operations().size() == postgres.operations().size());
  CHECK(migrations_of("sqlite").size() == migrations_of("postgres").size());
}
