// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/postgres/pg_connection.h"

#include <endian.h>
#include <libpq-fe.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>

namespace civicum {
namespace {

struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};
using PgAnswer = std::unique_ptr<PGresult, Clear>;

/// SQLSTATE classes and codes (PostgreSQL docs, appendix A).
ErrorKind kind_of_state(std::string_view state) {
  if (state == "42501" || state == "25006" || state.starts_with("28")) return ErrorKind::Denied;
  if (state == "53200") return ErrorKind::OutOfMemory;
  if (state.starts_with("XX")) return ErrorKind::Corrupt;
  if (state.starts_with("54")) return ErrorKind::TooLarge;
  if (state.starts_with("22")) return ErrorKind::BadInput;
  return ErrorKind::Unavailable;
}

/// libpq's messages are lines; ours are a sentence.
std::string one_line(const char* message) {
  std::string text(message);
  while (text.ends_with('\n')) text.pop_back();
  std::replace(text.begin(), text.end(), '\n', ' ');
  std::erase(text, '\t');
  return text;
}

/// One value as libpq wants it: numbers as text, which the server reads as whatever type it needs.
struct Encoded {
  std::string text;
  std::string_view bytes;
  bool is_null = false;
  int format = 0;
};

Encoded encode(const SqlValue& value) {
  Encoded encoded;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    encoded.text = std::to_string(*integer);
  } else if (const auto* real = std::get_if<double>(&value)) {
    encoded.text.resize(32);
    encoded.text.resize(
        static_cast<std::size_t>(std::snprintf(encoded.text.data(), 32, "%.17g", *real)));
  } else if (const auto* text = std::get_if<std::string_view>(&value)) {
    encoded.text = *text;
  } else if (const auto* bytes = std::get_if<SqlBytes>(&value)) {
    encoded.bytes = bytes->bytes;
    encoded.format = 1;
  } else {
    encoded.is_null = true;
  }
  return encoded;
}

std::uint64_t u64_at(const char* bytes) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes, sizeof value);
  return be64toh(value);
}

std::uint32_t u32_at(const char* bytes) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes, sizeof value);
  return be32toh(value);
}

// Type numbers of pg_type.dat; they never change.
constexpr Oid type_bytea = 17;
constexpr Oid type_int8 = 20;
constexpr Oid type_int4 = 23;
constexpr Oid type_text = 25;
constexpr Oid type_float8 = 701;
constexpr Oid type_void = 2278;

SqlRows::Cell cell_of(const PGresult* result, int row, int column) {
  if (PQgetisnull(result, row, column) != 0) return std::monostate();
  const char* bytes = PQgetvalue(result, row, column);
  switch (PQftype(result, column)) {
    case type_int8:
      return static_cast<std::int64_t>(u64_at(bytes));
    case type_int4:
      return std::int64_t{static_cast<std::int32_t>(u32_at(bytes))};
    case type_float8:
      return std::bit_cast<double>(u64_at(bytes));
    case type_text:
    case type_bytea:
      return std::string(bytes, static_cast<std::size_t>(PQgetlength(result, row, column)));
    default:
      break;
  }
  ENSURE(PQftype(result, column) == type_void);
  return std::monostate();
}

SqlRows rows_of(const PGresult* result) {
  SqlRows rows;
  rows.begin(static_cast<std::size_t>(PQnfields(result)));
  for (int row = 0; row < PQntuples(result); ++row) {
    for (int column = 0; column < PQnfields(result); ++column) {
      rows.add(cell_of(result, row, column));
    }
  }
  return rows;
}

bool is_good(const PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

}  // namespace

void PgConnection::Finish::operator()(pg_conn* connection) const { PQfinish(connection); }

PgConnection::PgConnection(pg_conn* connection, std::string name)
    : connection_(connection), name_(std::move(name)) {}

Result<PgConnection> PgConnection::connect(const PgTarget& target) {
  std::vector<const char*> keywords;
  std::vector<const char*> values;
  for (const auto& [keyword, value] : target.options) {
    keywords.push_back(keyword.c_str());
    values.push_back(value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  PgConnection connection(PQconnectdbParams(keywords.data(), values.data(), 0), target.name);
  if (connection.connection_ == nullptr) {
    return Error{ErrorKind::OutOfMemory, "no memory for a connection to " + target.name};
  }
  if (!connection.is_alive()) {
    return Error{ErrorKind::Unavailable,
                 "cannot connect to the store " + target.name + ": " +
                     one_line(PQerrorMessage(connection.connection_.get()))};
  }
  PQsetNoticeProcessor(
      connection.connection_.get(), [](void*, const char*) {}, nullptr);
  return connection;
}

bool PgConnection::is_alive() const {
  return !is_broken_ && PQstatus(connection_.get()) == CONNECTION_OK;
}

/// What was sent and what was answered no longer go together: not to be used again.
PgFailure PgConnection::broken() {
  is_broken_ = true;
  PgFailure failed = failure(nullptr);
  failed.state.clear();
  failed.error.kind = ErrorKind::Unavailable;
  return failed;
}

PgFailure PgConnection::failure(const pg_result* result) const {
  const char* state = result != nullptr ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : nullptr;
  const char* message =
      result != nullptr ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : nullptr;
  if (message == nullptr) message = PQerrorMessage(connection_.get());
  PgFailure failed;
  failed.state = state != nullptr ? state : "";
  failed.error =
      Error{kind_of_state(failed.state), "the store " + name_ + ": " + one_line(message)};
  return failed;
}

PgResult<Done> PgConnection::execute(const std::string& sql) {
  const PgAnswer answer(PQexec(connection_.get(), sql.c_str()));
  if (is_good(answer.get())) return Done{};
  return failure(answer.get());
}

PgResult<Done> PgConnection::prepare(const std::string& name, const std::string& sql) {
  const PgAnswer answer(PQprepare(connection_.get(), name.c_str(), sql.c_str(), 0, nullptr));
  if (is_good(answer.get())) return Done{};
  return failure(answer.get());
}

bool PgConnection::send(const PgSend& what) {
  std::vector<Encoded> encoded;
  encoded.reserve(what.values.size());
  std::vector<const char*> values;
  std::vector<int> lengths;
  std::vector<int> formats;
  for (const SqlValue& value : what.values) {
    const Encoded& one = encoded.emplace_back(encode(value));
    const char* text = one.format == 0 ? one.text.c_str() : one.bytes.data();
    if (text == nullptr) text = "";  // no bytes are still bytes
    values.push_back(one.is_null ? nullptr : text);
    lengths.push_back(static_cast<int>(one.bytes.size()));
    formats.push_back(one.format);
  }
  return PQsendQueryPrepared(connection_.get(), what.statement.c_str(),
                             static_cast<int>(values.size()), values.data(), lengths.data(),
                             formats.data(), 1) == 1;
}

PgResult<std::vector<SqlRows>> PgConnection::run(std::span<const PgSend> sends) {
  PGconn* connection = connection_.get();
  bool is_sent = PQenterPipelineMode(connection) == 1;
  for (const PgSend& what : sends) is_sent = is_sent && send(what);
  is_sent = is_sent && PQpipelineSync(connection) == 1;
  if (!is_sent) return broken();
  std::vector<SqlRows> answers;
  std::optional<PgFailure> failed;
  // Each statement answers with a result and a null; the sync with a result of its own.
  for (bool was_null = false;;) {
    const PgAnswer answer(PQgetResult(connection));
    if (!answer && (was_null || !is_alive())) return broken();
    was_null = !answer;
    if (!answer) continue;
    const ExecStatusType status = PQresultStatus(answer.get());
    if (status == PGRES_PIPELINE_SYNC) break;
    if (is_good(answer.get())) {
      answers.push_back(rows_of(answer.get()));
    } else if (status != PGRES_PIPELINE_ABORTED && !failed) {
      failed = failure(answer.get());
    }
  }
  if (PQexitPipelineMode(connection) != 1) return broken();
  if (failed) return *std::move(failed);
  return answers;
}

int PgConnection::socket() const { return PQsocket(connection_.get()); }

Result<bool> PgConnection::take_notifications() {
  if (PQconsumeInput(connection_.get()) != 1) return failure(nullptr).error;
  bool is_notified = false;
  while (PGnotify* notification = PQnotifies(connection_.get())) {
    is_notified = true;
    PQfreemem(notification);
  }
  return is_notified;
}

}  // namespace civicum
