// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/postgres/pg_database.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <thread>

#include "store/postgres/pg_listener.h"

namespace civicum {
namespace {

constexpr int attempts_max = 4;
constexpr int server_version_min = 120'000;  // plan_cache_mode
constexpr std::string_view state_serialization_failure = "40001";
constexpr std::string_view state_deadlock = "40P01";
constexpr std::string_view state_lock_timeout = "55P03";
// Raised by the functions of ours that must find a row (postgres/migrations).
constexpr std::string_view state_not_found = "CV001";
// Two programs that migrate wait for one another; the number is ours.
constexpr const char* migration_begin = "BEGIN; SELECT pg_advisory_xact_lock(27994)";
// Another worker's or the server's own round over a table will do.
constexpr const char* vacuum_jobs = "VACUUM (SKIP_LOCKED) jobs, job_leases, job_needs";
// Those that hold something of a document.
constexpr std::array scrubbed_tables = {"pages", "search_pages", "documents",       "jobs",
                                        "blobs", "blob_parts",   "doomed_originals"};
constexpr auto snapshot_wait_max = std::chrono::seconds(10);
constexpr auto snapshot_wait_pause = std::chrono::milliseconds(50);
// Every statement of the store has its index, so it is planned once and by rule. What the planner
// would choose for a table that is small or new at that moment (a scan of it all) is what would be
// slow when it has grown; and the estimates that the rule leads to must not start the compiler.
constexpr const char* session_settings =
    "SET search_path TO civicum, pg_catalog; SET plan_cache_mode TO force_generic_plan; "
    "SET enable_seqscan TO off; SET jit TO off";

const char* statement_name(Durability durability) {
  return durability == Durability::Durable ? "durable" : "relaxed";
}

std::string statement_name(std::string_view operation, std::size_t index) {
  return std::string(operation) + "/" + std::to_string(index);
}

std::vector<PgSend> sends_of_call(const SqlCall& call, const SqlOperation& operation) {
  std::vector<PgSend> sends;
  for (std::size_t i = 0; i < operation.statements.size(); ++i) {
    PgSend& send = sends.emplace_back(PgSend{statement_name(call.operation, i), {}});
    for (const std::size_t parameter : operation.statements[i].parameters) {
      send.values.push_back(call.values[parameter]);
    }
  }
  return sends;
}

}  // namespace

Status check_pg_server(const std::string& name, int version, const std::string& encoding) {
  if (version < server_version_min) {
    return Error{ErrorKind::Unavailable, "the server of the store " + name + " is PostgreSQL " +
                                             std::to_string(version / 10'000) + ", and " +
                                             std::to_string(server_version_min / 10'000) +
                                             " or later is needed"};
  }
  if (encoding == "UTF8") return Done{};
  return Error{ErrorKind::Unavailable, "the database of the store " + name + " holds text as " +
                                           encoding +
                                           ", and a store needs UTF8: name another database, which "
                                           "civicum store init makes"};
}

PgDatabase::PgDatabase(PgTarget target, PgConnection connection)
    : target_(std::move(target)),
      connection_(std::move(connection)),
      catalog_(SqlCatalog::load("postgres")) {}

Result<std::unique_ptr<Database>> PgDatabase::open(const PgTarget& target) {
  std::unique_ptr<PgDatabase> database(new PgDatabase(target, TRY(PgConnection::connect(target))));
  (void)TRY(check_pg_server(target.name, database->connection_.server_version(),
                            database->connection_.server_parameter("server_encoding")));
  (void)TRY(database->migrate());
  (void)TRY(begin_session(database->connection_));
  return std::unique_ptr<Database>(std::move(database));
}

/// What every new connection needs before its first transaction.
Status PgDatabase::begin_session(PgConnection& connection) {
  (void)TRY(plain(connection.execute(session_settings)));
  const std::int64_t is_off = TRY(plain(
      connection.ask_number("SELECT (current_setting('synchronous_commit')='off')::int", {})));
  const char* durable = is_off != 0 ? "SET synchronous_commit TO on" : "RESET synchronous_commit";
  (void)TRY(plain(connection.prepare(statement_name(Durability::Durable), durable)));
  return plain(
      connection.prepare(statement_name(Durability::Relaxed), "SET synchronous_commit TO off"));
}

/// A connection is used once its session has begun.
Status PgDatabase::reconnect() {
  PgConnection connection = TRY(PgConnection::connect(target_));
  (void)TRY(begin_session(connection));
  connection_ = std::move(connection);
  prepared_.clear();
  durability_.reset();
  return Done{};
}

Result<std::int64_t> PgDatabase::ask_number(const std::string& sql) {
  return plain(connection_.ask_number(sql, {}));
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
  return std::move(failed->error);
}

Status PgDatabase::prepare(const SqlCall& call) {
  if (prepared_.contains(call.operation)) return Done{};
  const SqlOperation& operation = catalog_[call.operation];
  for (std::size_t i = 0; i < operation.statements.size(); ++i) {
    const std::string name = statement_name(call.operation, i);
    if (prepared_.contains(name)) continue;  // the next one failed
    (void)TRY(plain(connection_.prepare(name, operation.statements[i].sql)));
    prepared_.insert(name);
  }
  prepared_.emplace(call.operation);
  return Done{};
}

Result<std::vector<PgSend>> PgDatabase::sends_of(std::span<const SqlCall> calls,
                                                 Durability durability) {
  std::vector<PgSend> sends;
  if (durability_ != durability) sends.push_back({statement_name(durability), {}});
  for (const SqlCall& call : calls) {
    (void)TRY(prepare(call));
    const SqlOperation& operation = catalog_.find(call.operation, call.values.size());
    std::ranges::move(sends_of_call(call, operation), std::back_inserter(sends));
  }
  return sends;
}

/// What each call's last statement answered.
std::vector<SqlRows> PgDatabase::answers_of(std::span<const SqlCall> calls,
                                            std::vector<SqlRows> statements) const {
  std::size_t before = 0;  // statements of calls
  for (const SqlCall& call : calls) before += catalog_[call.operation].statements.size();
  std::size_t end = statements.size() - before;
  std::vector<SqlRows> answers;
  for (const SqlCall& call : calls) {
    end += catalog_[call.operation].statements.size();
    answers.push_back(std::move(statements[end - 1]));
  }
  return answers;
}

PgResult<std::vector<SqlRows>> PgDatabase::run_repeatedly(std::span<const PgSend> sends) {
  for (int attempt = 1;; ++attempt) {
    PgResult<std::vector<SqlRows>> result = connection_.run(sends);
    const auto* failed = std::get_if<PgFailure>(&result);
    const bool is_race = failed != nullptr && (failed->state == state_deadlock ||
                                               failed->state == state_serialization_failure);
    if (!is_race || attempt == attempts_max) return result;
  }
}

Result<std::unique_ptr<WakeSource>> PgDatabase::listen(std::int64_t live_key) {
  return PgListener::listen(target_, live_key);
}

Status PgDatabase::announce() { return plain(connection_.execute("NOTIFY civicum_jobs")); }

/// Not within a transaction: its result is committed at once.
Status PgDatabase::tidy() {
  if (!connection_.is_alive()) (void)TRY(reconnect());
  return plain(connection_.execute(vacuum_jobs));
}

/// VACUUM FULL writes the tables anew without what was removed; each stands still meanwhile. A long
/// transaction of another's (a backup) is not waited for long: whoever came later would wait too.
Status PgDatabase::scrub() {
  // The server only warns.
  const std::int64_t is_owner =
      TRY(ask_number("SELECT count(*) FROM pg_catalog.pg_class WHERE oid='civicum.pages'::regclass "
                     "AND pg_has_role(relowner, 'USAGE')"));
  if (is_owner == 0) {
    return Error{
        ErrorKind::Denied,
        "removed from the store " + target_.name +
            ", but only the owner of its tables can take it out of the server's files: start "
            "civicum worker as that role, or VACUUM FULL its tables"};
  }
  const std::string horizon = std::to_string(TRY(ask_number("SELECT txid_current() % 4294967296")));
  if (!TRY(outwait_snapshots(horizon))) return is_read_for_long();
  (void)TRY(plain(connection_.execute("SET lock_timeout TO '10s'")));
  for (const char* table : scrubbed_tables) {
    const auto vacuumed = connection_.execute(std::string("VACUUM FULL civicum.") + table);
    const auto* failed = std::get_if<PgFailure>(&vacuumed);
    if (failed == nullptr) continue;
    if (failed->state != state_lock_timeout) return failed->error;
    return is_read_for_long();
  }
  (void)TRY(plain(connection_.execute("RESET lock_timeout")));
  // What a snapshot could still see was written anew too: then the table begins before the horizon.
  for (const char* table : scrubbed_tables) {
    const std::int64_t is_left = TRY(ask_number(
        std::string("SELECT (age(relfrozenxid)>age('") + horizon +
        "'::xid))::int FROM pg_catalog.pg_class WHERE oid='civicum." + table + "'::regclass"));
    if (is_left != 0) return is_read_for_long();
  }
  return Done{};
}

/// Until no session that can be seen reads from before the transaction `horizon`; false where one
/// still does after 10 s.
Result<bool> PgDatabase::outwait_snapshots(const std::string& horizon) {
  const std::string older =
      "SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datname=current_database() AND "
      "pid<>pg_backend_pid() AND age(backend_xmin)>age('" +
      horizon + "'::xid)";
  const auto end = std::chrono::steady_clock::now() + snapshot_wait_max;
  while (TRY(ask_number(older)) > 0) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(snapshot_wait_pause);
  }
  return true;
}

Error PgDatabase::is_read_for_long() const {
  return {ErrorKind::Unavailable,
          "removed from the store " + target_.name +
              ", but not yet out of the server's files, because another session reads them for "
              "long (a backup?): once it has ended, the next civicum docs remove does it, or the "
              "next worker that starts"};
}

Result<std::vector<SqlRows>> PgDatabase::run(std::span<const SqlCall> calls,
                                             Durability durability) {
  if (!connection_.is_alive()) (void)TRY(reconnect());
  const std::vector<PgSend> sends = TRY(sends_of(calls, durability));
  PgResult<std::vector<SqlRows>> result = run_repeatedly(sends);
  // What fails takes back how its transaction was to commit, too.
  durability_.reset();
  if (auto* failed = std::get_if<PgFailure>(&result)) {
    if (failed->state == state_not_found) return std::vector<SqlRows>();
    return std::move(failed->error);
  }
  durability_ = durability;
  std::vector<SqlRows> answers =
      answers_of(calls, std::get<std::vector<SqlRows>>(std::move(result)));
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const bool is_missing = catalog_[calls[i].operation].must_find && answers[i].empty();
    if (is_missing) return std::vector<SqlRows>();
  }
  return answers;
}

}  // namespace civicum
