// SPDX-License-Identifier: GPL-3.0-or-later
// The store on a PostgreSQL server, in the schema `civicum` of the database that the URL names.
// Relaxed transactions commit with synchronous_commit off, durable ones as the server is set, and
// with on where that is off. A connection that is lost is an error of the call that met it; the
// next call connects anew. Deadlocks and serialization failures are run again here.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>

#include "store/database.h"
#include "store/postgres/pg_connection.h"
#include "store/sql_catalog.h"

namespace civicum {

/// Unavailable, with what is needed, where a store cannot be on this server: `version` as 150004.
Status check_pg_server(const std::string& name, int version, const std::string& encoding);

class PgDatabase final : public Database {
 public:
  /// Connects and brings the schema up to date; Denied where the role may not.
  static Result<std::unique_ptr<Database>> open(const PgTarget& target);

  using Database::run;
  Result<std::vector<SqlRows>> run(std::span<const SqlCall> calls, Durability durability) override;
  Result<std::unique_ptr<WakeSource>> listen(std::int64_t live_key) override;
  Status announce() override;
  Status tidy() override;
  Status scrub() override;
  std::string name() const override { return target_.name; }

 private:
  PgDatabase(PgTarget target, PgConnection connection);
  static Status begin_session(PgConnection& connection);
  Status reconnect();
  Status migrate();
  Result<std::int64_t> ask_number(const std::string& sql);
  Result<bool> outwait_snapshots(const std::string& horizon);
  Error is_read_for_long() const;
  Result<std::int64_t> schema_version();
  Status prepare(const SqlCall& call);
  Result<std::vector<PgSend>> sends_of(std::span<const SqlCall> calls, Durability durability);
  PgResult<std::vector<SqlRows>> run_repeatedly(std::span<const PgSend> sends);
  std::vector<SqlRows> answers_of(std::span<const SqlCall> calls,
                                  std::vector<SqlRows> statements) const;

  PgTarget target_;
  PgConnection connection_;
  SqlCatalog catalog_;
  std::optional<Durability> durability_;  ///< how the session commits; not known after a failure
  std::set<std::string, std::less<>> prepared_;  ///< statements; operations where all of theirs are
};

}  // namespace civicum
