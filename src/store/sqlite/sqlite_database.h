// SPDX-License-Identifier: GPL-3.0-or-later
// The embedded store: one SQLite file. A transaction of several statements takes the write lock
// first (BEGIN IMMEDIATE); synchronous is FULL for durable ones and NORMAL for relaxed ones, and a
// later FULL makes the earlier ones durable too.
//
// SQL finds two functions of ours: now_ms(), the epoch in milliseconds, and lease_now(), which no
// change of the clock moves (CLOCK_BOOTTIME).
#pragma once

#include <map>
#include <memory>
#include <string>

#include "store/database.h"
#include "store/sql_catalog.h"
#include "store/sqlite/sqlite_db.h"

namespace civicum {

class SqliteDatabase final : public Database {
 public:
  /// Opens or creates the file and brings its schema up to date.
  static Result<std::unique_ptr<Database>> open(const std::string& path);

  using Database::run;
  Result<std::vector<SqlRows>> run(std::span<const SqlCall> calls, Durability durability) override;
  Result<std::unique_ptr<WakeSource>> listen(std::int64_t live_key) override;
  Status announce() override;
  /// Pages that are free are used again by themselves.
  Status tidy() override { return Done{}; }
  /// secure_delete overwrites what is deleted; what is left of it lies in the log. Unavailable
  /// where others read the log for longer than a write would wait.
  Status scrub() override;
  std::string name() const override { return path_; }

 private:
  /// Prepared once: every transaction of several statements runs them.
  struct Transaction {
    SqliteStatement begin;
    SqliteStatement commit;
  };

  SqliteDatabase(SqliteDb db, Transaction transaction, std::string path);
  std::string folder() const;
  Status migrate();
  Status apply(const std::vector<SqlFile>& migrations);
  Status set_durability(Durability durability);
  Result<std::vector<SqliteStatement>*> prepared(std::string_view operation);
  Result<SqlRows> run_call(const SqlCall& call);
  Result<std::vector<SqlRows>> run_calls(std::span<const SqlCall> calls);

  SqliteDb db_;
  Transaction transaction_;
  std::string path_;
  SqlCatalog catalog_;
  std::map<std::string, std::vector<SqliteStatement>, std::less<>> prepared_;
  Durability durability_ = Durability::Relaxed;
};

}  // namespace civicum
