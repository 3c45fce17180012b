// SPDX-License-Identifier: GPL-3.0-or-later
// SQLite's C API as owned values: a connection and a prepared statement. Blocking. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace civicum {

class SqliteDb;

enum class SqliteType : std::uint8_t { Null, Integer, Real, Bytes };

/// A prepared statement, bound from the left, stepped row by row. Columns are read while its row is
/// current.
class SqliteStatement {
 public:
  SqliteStatement& bind(std::int64_t value);
  SqliteStatement& bind(std::string_view text);
  SqliteStatement& bind_blob(std::string_view bytes);
  SqliteStatement& bind_null();
  SqliteStatement& bind_real(double value);

  /// True on a row, false at the end.
  Result<bool> step();
  /// Makes ready for the next binding.
  void reset();

  int column_count() const;
  SqliteType type(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  /// Valid until the next step; text and blobs alike.
  std::string_view bytes(int column) const;

 private:
  friend class SqliteDb;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  SqliteStatement(sqlite3* db, sqlite3_stmt* statement) : db_(db), statement_(statement) {}

  sqlite3* db_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int bound_ = 0;
};

class SqliteDb {
 public:
  /// Opens or creates `path` in WAL mode, synchronous NORMAL. Denied, Unavailable (disk full,
  /// locked, I/O) or Corrupt (not a database) with the path in the sentence.
  static Result<SqliteDb> open(const std::string& path);
  Result<SqliteStatement> prepare(std::string_view sql);
  /// Statements without results, separated by ';'.
  Status execute(const std::string& sql);
  Result<std::int64_t> user_version();

 private:
  struct Close {
    void operator()(sqlite3* db) const;
  };
  Status begin_log();
  explicit SqliteDb(sqlite3* db) : db_(db) {}
  std::unique_ptr<sqlite3, Close> db_;
};

}  // namespace civicum
