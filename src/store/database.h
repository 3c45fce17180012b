// SPDX-License-Identifier: GPL-3.0-or-later
// The seam between the store and what keeps it: SQLite or PostgreSQL run the same named operations
// (sql_catalog.h), each said in its own words. What the operations mean is in documents.h and
// jobs.h; nothing above this file knows which database it is.
//
// Invariant: one run() is one transaction; it has happened whole or not at all. After Unavailable
// it may have happened: the connection was lost before the answer came. So every operation can be
// run again without harm, but for an enqueue (jobs.h).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "store/wake_source.h"

namespace civicum {

struct SqlBytes {
  std::string_view bytes;
};
/// Nothing (NULL), an integer, a real number, text, or bytes; borrowed for the call.
using SqlValue = std::variant<std::monostate, std::int64_t, double, std::string_view, SqlBytes>;

/// What an operation answered: rows by columns, owned. Reading a column as what it is not is our
/// bug.
class SqlRows {
 public:
  using Cell = std::variant<std::monostate, std::int64_t, double, std::string>;

  std::size_t size() const { return columns_ == 0 ? 0 : cells_.size() / columns_; }
  bool empty() const { return cells_.empty(); }
  bool is_null(std::size_t row, std::size_t column) const;
  std::int64_t integer(std::size_t row, std::size_t column) const;
  double real(std::size_t row, std::size_t column) const;
  const std::string& bytes(std::size_t row, std::size_t column) const;
  const Cell& cell(std::size_t row, std::size_t column) const;

  /// For backends: rows are given cell by cell.
  void begin(std::size_t columns) { columns_ = columns; }
  void add(Cell cell) { cells_.push_back(std::move(cell)); }

 private:
  std::size_t columns_ = 0;
  std::vector<Cell> cells_;
};

/// Durable: survives a power cut when run() returns. Relaxed: survives a crash of this process; a
/// crash of the server or a power cut may take the last moments.
enum class Durability : std::uint8_t { Durable, Relaxed };

struct SqlCall {
  std::string_view operation;
  std::vector<SqlValue> values;
};

class Database {
 public:
  virtual ~Database() = default;

  /// The answers of each call's last statement, in their order; none at all where an operation that
  /// must find a row found none, and then nothing has happened. Denied (no permission, read-only),
  /// Corrupt, TooLarge or Unavailable (disk full, locked, server gone) with a sentence that names
  /// the database.
  virtual Result<std::vector<SqlRows>> run(std::span<const SqlCall> calls,
                                           Durability durability) = 0;
  /// Hears of work from here on; on a server, others see by `live_key` that this process lives.
  virtual Result<std::unique_ptr<WakeSource>> listen(std::int64_t live_key) = 0;
  /// Lets those who listen know that there is work, or that something has changed.
  virtual Status announce() = 0;
  /// Gives the room of jobs that are gone to those that come (jobs.h).
  virtual Status tidy() = 0;
  /// After removals: leaves nothing of them in the database's files. Seconds for a large store.
  virtual Status scrub() = 0;
  /// Where the store is, for people; without a password.
  virtual std::string name() const = 0;

  Result<SqlRows> run(std::string_view operation, std::initializer_list<SqlValue> values,
                      Durability durability);
};

/// Refuses a store of a newer program (Unavailable, with a sentence); true where it is of this one.
Result<bool> is_schema_current(std::int64_t found, std::size_t known, const std::string& name);

}  // namespace civicum
