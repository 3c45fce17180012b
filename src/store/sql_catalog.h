// SPDX-License-Identifier: GPL-3.0-or-later
// The operations of the store by name, as a backend's .sql files say them.
//
// Format: an operation begins at a line `-- name: NAME(PARAMETER, …)`, or `-- name: NAME(…) must`
// where it has to find a row, and holds one or more statements, each ended by ';'. `:parameter`
// stands for a value; `::` is a cast. Files directly in store/ hold what both backends say alike,
// those in sqlite/ and postgres/ what they say in their own words; of two operations with one name
// the backend's own stands.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/sql_files.h"

namespace civicum {

struct SqlStatementText {
  std::string sql;                      ///< with $1, $2 … for its own values
  std::vector<std::size_t> parameters;  ///< which of the operation's values those are
};

struct SqlOperation {
  std::size_t value_count = 0;
  bool must_find = false;  ///< no row: the whole transaction is undone
  std::vector<SqlStatementText> statements;
};

class SqlCatalog {
 public:
  /// The operations for `backend` ("sqlite" or "postgres"). A file that breaks the format is our
  /// bug and ends the process.
  static SqlCatalog load(std::string_view backend, std::span<const SqlFile> files = sql_files);
  /// A name that is not there is our bug.
  const SqlOperation& operator[](std::string_view name) const;
  /// … and so is a wrong count of values.
  const SqlOperation& find(std::string_view name, std::size_t value_count) const;
  const std::map<std::string, SqlOperation, std::less<>>& operations() const { return operations_; }

 private:
  std::map<std::string, SqlOperation, std::less<>> operations_;
};

/// The backend's migrations in their order: "NUMBER_what.sql", numbers from 1 without holes.
std::vector<SqlFile> migrations_of(std::string_view backend,
                                   std::span<const SqlFile> files = sql_files);

}  // namespace civicum
