// SPDX-License-Identifier: GPL-3.0-or-later
// libpq's C API as one owned value: a connection that runs prepared statements in a pipeline
// (PostgreSQL docs, "Pipeline Mode"): one round trip, one implicit transaction. Blocking. One
// thread.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "store/database.h"
#include "store/postgres/pg_target.h"

struct pg_conn;
struct pg_result;

namespace civicum {

/// A prepared statement and its values.
struct PgSend {
  std::string statement;
  std::vector<SqlValue> values;
};

/// `state` is the SQLSTATE, empty where the connection was lost.
struct PgFailure {
  Error error;
  std::string state;
};

template <typename T>
using PgResult = std::variant<T, PgFailure>;

template <typename T>
Result<T> plain(PgResult<T> result) {
  if (auto* failed = std::get_if<PgFailure>(&result)) return std::move(failed->error);
  return std::get<T>(std::move(result));
}

class PgConnection {
 public:
  static Result<PgConnection> connect(const PgTarget& target);
  /// … and why not, without what to do.
  static PgResult<PgConnection> try_connect(const PgTarget& target);

  bool is_alive() const;
  /// As 150004; and what the server says of itself, as "server_encoding".
  int server_version() const;
  std::string server_parameter(const char* name) const;
  /// Statements without parameters, separated by ';', as one transaction unless they say otherwise.
  PgResult<Done> execute(const std::string& sql);
  PgResult<Done> prepare(const std::string& name, const std::string& sql);
  /// Sends all, then reads the answers: all of them, or the first failure; then nothing happened.
  PgResult<std::vector<SqlRows>> run(std::span<const PgSend> sends);

  /// The answer's first number; 0 where it has none. `sql` has its values as $1, $2 …
  PgResult<std::int64_t> ask_number(const std::string& sql, std::vector<SqlValue> values);
  /// What the server keeps of a role's password.
  Result<std::string> encrypt_password(const std::string& role, const std::string& password);

  int socket() const;
  /// True where a NOTIFY has come since; an Error where the connection is lost. Does not block.
  Result<bool> take_notifications();

 private:
  struct Finish {
    void operator()(pg_conn* connection) const;
  };
  PgConnection(pg_conn* connection, std::string name);
  static PgResult<PgConnection> connect_at(const PgTarget& target, const PgEndpoint& endpoint);
  PgFailure failure(const pg_result* result) const;
  bool send(const PgSend& what);

  PgFailure broken();

  std::unique_ptr<pg_conn, Finish> connection_;
  std::string name_;
  bool is_broken_ = false;  ///< libpq may not know yet
};

}  // namespace civicum
