// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/postgres/pg_database.h"

namespace civicum {
namespace {

constexpr int attempts_max = 4;
constexpr std::string_view state_serialization_failure = "40001";
constexpr std::string_view state_deadlock = "40P01";
constexpr std::string_view state_denied = "42501";
// Raised by the functions of ours that must find a row (postgres/migrations).
constexpr std::string_view state_not_found = "CV001";
// Two programs that migrate wait for one another; the number is ours.
constexpr const char* migration_begin = "BEGIN; SELECT pg_advisory_xact_lock(27994)";
constexpr const char* relaxed = "relaxed";

template <typename T>
Result<T> plain(PgResult<T> result) {
  if (auto* failed = std::get_if<PgFailure>(&result)) return std::move(failed->error);
  return std::get<T>(std::move(result));
}

std::string statement_name(std::string_view operation, std::size_t index) {
  return std::string(operation) + "/" + std::to_string(index);
}

}  // namespace

PgDatabase::PgDatabase(PgTarget target, PgConnection connection)
    : target_(std::move(target)),
      connection_(std::move(connection)),
      catalog_(SqlCatalog::load("postgres")) {}

Result<std::unique_ptr<Database>> PgDatabase::open(const PgTarget& target) {
  std::unique_ptr<PgDatabase> database(new PgDatabase(target, TRY(PgConnection::connect(target))));
  (void)TRY(database->migrate());
  (void)TRY(database->begin_session());
  return std::unique_ptr<Database>(std::move(database));
}

/// What every new connection needs before its first transaction.
Status PgDatabase::begin_session() {
  prepared_.clear();
  (void)TRY(plain(connection_.execute("SET search_path TO civicum, pg_catalog")));
  return plain(
      connection_.prepare(relaxed, "SELECT set_config('synchronous_commit', 'off', true)"));
}

Result<std::int64_t> PgDatabase::ask_number(const std::string& sql) {
  (void)TRY(plain(connection_.prepare("", sql)));
  const PgSend ask{"", {}};
  const std::vector<SqlRows> answers = TRY(plain(connection_.run(std::span(&ask, 1))));
  return answers[0].empty() ? 0 : answers[0].integer(0, 0);
}

/// 0 where there is no schema yet.
Result<std::int64_t> PgDatabase::schema_version() {
  const std::int64_t tables =
      TRY(ask_number("SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname='civicum' AND "
                     "tablename='schema_version'"));
  if (tables == 0) return 0;
  return ask_number("SELECT version FROM civicum.schema_version");
}

Status PgDatabase::migrate() {
  const std::vector<SqlFile> migrations = migrations_of("postgres");
  const std::int64_t version = TRY(schema_version());
  if (TRY(is_schema_current(version, migrations.size(), target_.name))) return Done{};
  const auto apply = [&]() -> PgResult<Done> {
    PgResult<Done> begun = connection_.execute(migration_begin);
    if (std::holds_alternative<PgFailure>(begun)) return begun;
    // Another program may have been faster; it has committed by now.
    const Result<std::int64_t> found = schema_version();
    if (!found) return PgFailure{found.error(), ""};
    const Result<std::int64_t> schemas =
        ask_number("SELECT count(*) FROM pg_catalog.pg_namespace WHERE nspname='civicum'");
    if (!schemas) return PgFailure{schemas.error(), ""};
    // To ask for a schema that is there needs the permission to make one.
    std::string script = *schemas == 0 ? "CREATE SCHEMA civicum;" : "";
    script += "SET LOCAL search_path TO civicum;";
    for (auto i = static_cast<std::size_t>(*found); i < migrations.size(); ++i) {
      script += migrations[i].text;
    }
    script +=
        "CREATE TABLE IF NOT EXISTS schema_version(version BIGINT NOT NULL);"
        "DELETE FROM schema_version;"
        "INSERT INTO schema_version VALUES(" +
        std::to_string(migrations.size()) + "); COMMIT;";
    return connection_.execute(script);
  };
  PgResult<Done> applied = apply();
  auto* failed = std::get_if<PgFailure>(&applied);
  if (failed == nullptr) return Done{};
  (void)connection_.execute("ROLLBACK");
  if (failed->state == state_denied) {
    failed->error.what +=
        "; as the database's owner run: CREATE SCHEMA IF NOT EXISTS civicum "
        "AUTHORIZATION \"" +
        target_.options["user"] + "\"";
  }
  return std::move(failed->error);
}

Status PgDatabase::prepare(const SqlCall& call) {
  if (prepared_.contains(call.operation)) return Done{};
  const SqlOperation& operation = catalog_[call.operation];
  for (std::size_t i = 0; i < operation.statements.size(); ++i) {
    (void)TRY(
        plain(connection_.prepare(statement_name(call.operation, i), operation.statements[i].sql)));
  }
  prepared_.emplace(call.operation);
  return Done{};
}

Result<std::vector<PgSend>> PgDatabase::sends_of(std::span<const SqlCall> calls,
                                                 Durability durability) {
  std::vector<PgSend> sends;
  if (durability == Durability::Relaxed) sends.push_back({relaxed, {}});
  for (const SqlCall& call : calls) {
    (void)TRY(prepare(call));
    const SqlOperation& operation = catalog_[call.operation];
    ENSURE(call.values.size() == operation.value_count);
    for (std::size_t i = 0; i < operation.statements.size(); ++i) {
      PgSend send{statement_name(call.operation, i), {}};
      for (const std::size_t parameter : operation.statements[i].parameters) {
        send.values.push_back(call.values[parameter]);
      }
      sends.push_back(std::move(send));
    }
  }
  return sends;
}

Result<std::vector<SqlRows>> PgDatabase::run(std::span<const SqlCall> calls,
                                             Durability durability) {
  if (!connection_.is_alive()) {
    connection_ = TRY(PgConnection::connect(target_));
    (void)TRY(begin_session());
  }
  const std::vector<PgSend> sends = TRY(sends_of(calls, durability));
  for (int attempt = 1;; ++attempt) {
    PgResult<std::vector<SqlRows>> result = connection_.run(sends);
    if (const auto* failed = std::get_if<PgFailure>(&result)) {
      if (failed->state == state_not_found) return std::vector<SqlRows>();
      const bool is_race =
          failed->state == state_deadlock || failed->state == state_serialization_failure;
      if (is_race && attempt < attempts_max) continue;
      return failed->error;
    }
    auto& statements = std::get<std::vector<SqlRows>>(result);
    std::vector<SqlRows> answers;
    std::size_t at = durability == Durability::Relaxed ? 0 : std::size_t(-1);
    for (const SqlCall& call : calls) {
      const SqlOperation& operation = catalog_[call.operation];
      at += operation.statements.size();
      // Only as the one call of a transaction: the others would have happened.
      ENSURE(!operation.must_find || !statements[at].empty() || calls.size() == 1);
      if (operation.must_find && statements[at].empty()) return std::vector<SqlRows>();
      answers.push_back(std::move(statements[at]));
    }
    return answers;
  }
}

}  // namespace civicum
