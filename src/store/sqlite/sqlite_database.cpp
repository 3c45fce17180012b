// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/sqlite/sqlite_database.h"

#include <filesystem>

#include "store/sqlite/wake_socket.h"

namespace civicum {
namespace {

struct Binder {
  SqliteStatement& statement;
  void operator()(std::monostate) const { statement.bind_null(); }
  void operator()(std::int64_t value) const { statement.bind(value); }
  void operator()(double value) const { statement.bind_real(value); }
  void operator()(std::string_view text) const { statement.bind(text); }
  void operator()(SqlBytes value) const { statement.bind_blob(value.bytes); }
};

SqlRows::Cell cell_of(const SqliteStatement& statement, int column) {
  switch (statement.type(column)) {
    case SqliteType::Null:
      return std::monostate();
    case SqliteType::Integer:
      return statement.integer(column);
    case SqliteType::Real:
      return statement.real(column);
    case SqliteType::Bytes:
      break;
  }
  return std::string(statement.bytes(column));
}

Result<SqlRows> run_statement(SqliteStatement& statement, const SqlStatementText& text,
                              std::span<const SqlValue> values) {
  for (const std::size_t parameter : text.parameters) {
    std::visit(Binder{statement}, values[parameter]);
  }
  SqlRows rows;
  rows.begin(static_cast<std::size_t>(statement.column_count()));
  while (TRY(statement.step())) {
    for (int column = 0; column < statement.column_count(); ++column) {
      rows.add(cell_of(statement, column));
    }
  }
  statement.reset();
  return rows;
}

Status run_alone(SqliteStatement& statement) {
  (void)TRY(statement.step());
  statement.reset();
  return Done{};
}

}  // namespace

SqliteDatabase::SqliteDatabase(SqliteDb db, Transaction transaction, std::string path)
    : db_(std::move(db)),
      transaction_(std::move(transaction)),
      path_(std::move(path)),
      catalog_(SqlCatalog::load("sqlite")) {}

Result<std::unique_ptr<Database>> SqliteDatabase::open(const std::string& path) {
  SqliteDb db = TRY(SqliteDb::open(path));
  Transaction transaction{TRY(db.prepare("BEGIN IMMEDIATE")), TRY(db.prepare("COMMIT"))};
  std::unique_ptr<SqliteDatabase> database(
      new SqliteDatabase(std::move(db), std::move(transaction), path));
  (void)TRY(database->migrate());
  return std::unique_ptr<Database>(std::move(database));
}

Status SqliteDatabase::migrate() {
  const std::vector<SqlFile> migrations = migrations_of("sqlite");
  const std::int64_t version = TRY(db_.user_version());
  if (TRY(is_schema_current(version, migrations.size(), path_))) return Done{};
  (void)TRY(db_.execute("BEGIN IMMEDIATE"));
  Status applied = apply(migrations);
  if (!applied) (void)db_.execute("ROLLBACK");
  return applied;
}

/// In a transaction that has begun; ends it.
Status SqliteDatabase::apply(const std::vector<SqlFile>& migrations) {
  // Another process may have been faster.
  const auto found = static_cast<std::size_t>(TRY(db_.user_version()));
  for (std::size_t i = found; i < migrations.size(); ++i) {
    (void)TRY(db_.execute(std::string(migrations[i].text)));
  }
  (void)TRY(db_.execute("PRAGMA user_version=" + std::to_string(migrations.size())));
  return db_.execute("COMMIT");
}

std::string SqliteDatabase::folder() const {
  const std::string folder = std::filesystem::path(path_).parent_path().string();
  return folder.empty() ? "." : folder;
}

/// Its one worker owns the folder: nobody asks whether it lives.
Result<std::unique_ptr<WakeSource>> SqliteDatabase::listen(std::int64_t /*live_key*/) {
  return WakeSocket::listen(folder());
}

Status SqliteDatabase::announce() {
  send_wake(folder());
  return Done{};
}

Status SqliteDatabase::scrub() {
  SqliteStatement checkpoint = TRY(db_.prepare("PRAGMA wal_checkpoint(TRUNCATE)"));
  (void)TRY(checkpoint.step());
  if (checkpoint.integer(0) == 0) return Done{};
  return Error{
      ErrorKind::Unavailable,
      "another process reads the store " + path_ +
          ": what was removed is gone from it, but from the log beside it only when the last "
          "process that uses the store has ended"};
}

Status SqliteDatabase::set_durability(Durability durability) {
  if (durability == durability_) return Done{};
  (void)TRY(db_.execute(durability == Durability::Durable ? "PRAGMA synchronous=FULL"
                                                          : "PRAGMA synchronous=NORMAL"));
  durability_ = durability;
  return Done{};
}

Result<std::vector<SqliteStatement>*> SqliteDatabase::prepared(std::string_view operation) {
  const auto known = prepared_.find(operation);
  if (known != prepared_.end()) return &known->second;
  std::vector<SqliteStatement> statements;
  for (const SqlStatementText& text : catalog_[operation].statements) {
    statements.push_back(TRY(db_.prepare(text.sql)));
  }
  return &prepared_.emplace(operation, std::move(statements)).first->second;
}

/// Answers with the last statement's rows.
Result<SqlRows> SqliteDatabase::run_call(const SqlCall& call) {
  const SqlOperation& operation = catalog_.find(call.operation, call.values.size());
  std::vector<SqliteStatement>& statements = *TRY(prepared(call.operation));
  SqlRows rows;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    rows = TRY(run_statement(statements[i], operation.statements[i], call.values));
  }
  return rows;
}

Result<std::vector<SqlRows>> SqliteDatabase::run_calls(std::span<const SqlCall> calls) {
  std::vector<SqlRows> answers;
  for (const SqlCall& call : calls) {
    answers.push_back(TRY(run_call(call)));
    const bool is_missing = catalog_[call.operation].must_find && answers.back().empty();
    if (is_missing) return std::vector<SqlRows>();
  }
  return answers;
}

Result<std::vector<SqlRows>> SqliteDatabase::run(std::span<const SqlCall> calls,
                                                 Durability durability) {
  (void)TRY(set_durability(durability));
  if (calls.size() == 1 && catalog_[calls[0].operation].statements.size() == 1) {
    return run_calls(calls);
  }
  (void)TRY(run_alone(transaction_.begin));
  Result<std::vector<SqlRows>> answers = run_calls(calls);
  if (answers && !answers->empty()) {
    const Status committed = run_alone(transaction_.commit);
    if (committed) return answers;
    answers = committed.error();
  }
  (void)db_.execute("ROLLBACK");  // has no effect where SQLite rolled back itself
  return answers;
}

}  // namespace civicum
