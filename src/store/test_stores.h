// SPDX-License-Identifier: GPL-3.0-or-later
// For tests: a new, empty store of each backend, gone with its object. PostgreSQL is the server
// that CIVICUM_TEST_POSTGRES names by the query part of a URL ("host=/folder&user=name"); without
// it the tests on it are skipped.
#pragma once

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include "os/temp_dir.h"
#include "store/postgres/pg_connection.h"
#include "store/store.h"

namespace civicum {

class SqliteTestStore {
 public:
  static bool is_here() { return true; }
  SqliteTestStore() : folder_(must(TempDir::create())) {}
  std::string url() const { return "sqlite:" + folder_.path() + "/civicum.sqlite"; }
  Store open() const { return must(Store::open(url(), "")); }

  template <typename T>
  static T must(Result<T> result) {
    if (!result) FAIL(result.error().what);
    return *std::move(result);
  }

 private:
  TempDir folder_;
};

class PostgresTestStore {
 public:
  static bool is_here() { return std::getenv("CIVICUM_TEST_POSTGRES") != nullptr; }
  PostgresTestStore() : name_(fmt::format("t{}_{}", getpid(), ++count)) {
    admin("CREATE DATABASE " + name_);
  }
  PostgresTestStore(const PostgresTestStore&) = delete;
  PostgresTestStore& operator=(const PostgresTestStore&) = delete;
  ~PostgresTestStore() { admin("DROP DATABASE " + name_ + " WITH (FORCE)"); }
  std::string url() const { return url_of(name_); }
  Store open() const { return SqliteTestStore::must(Store::open(url(), "")); }

  /// As a server does that restarts, or whose backend dies.
  void cut_connections() const {
    admin("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname='" + name_ + "'");
  }

  static std::string url_of(const std::string& database) {
    return "postgres:///" + database + "?" + std::getenv("CIVICUM_TEST_POSTGRES");
  }
  /// A statement of the server's administrator.
  static void admin(const std::string& sql) {
    auto connection = SqliteTestStore::must(
        PgConnection::connect(SqliteTestStore::must(parse_pg_target(url_of("postgres")))));
    const auto done = connection.execute(sql);
    if (const auto* failed = std::get_if<PgFailure>(&done)) FAIL(failed->error.what);
  }

 private:
  static inline int count = 0;
  std::string name_;
};

/// First in every test that runs on both.
#define SKIP_WITHOUT(TestStore)                                                    \
  if (!TestStore::is_here()) {                                                     \
    std::puts("SKIPPED: no PostgreSQL server (CIVICUM_TEST_POSTGRES is not set)"); \
    return;                                                                        \
  }

}  // namespace civicum
