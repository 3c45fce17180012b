// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/postgres/pg_connection.h"

#include <endian.h>
#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <optional>

namespace civicum {
namespace {

struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};
using PgAnswer = std::unique_ptr<PGresult, Clear>;

using std::chrono::steady_clock;

constexpr const char* state_read_only = "25006";

/// SQLSTATE classes and codes (PostgreSQL docs, appendix A).
ErrorKind kind_of_state(std::string_view state) {
  if (state == "42501" || state == state_read_only || state.starts_with("28"))
    return ErrorKind::Denied;
  if (state == "53200") return ErrorKind::OutOfMemory;
  // 42: a table or a column is not as civicum made it.
  if (state.starts_with("XX") || state.starts_with("42")) return ErrorKind::Corrupt;
  if (state.starts_with("54")) return ErrorKind::TooLarge;
  if (state.starts_with("22")) return ErrorKind::BadInput;
  return ErrorKind::Unavailable;
}

struct Remedy {
  std::string_view state;  ///< or its class
  std::string_view sentence;
};

// What to do, where the server's own sentence does not say it. The first that fits stands.
constexpr std::array remedies = {
    Remedy{"42501", "let its role own the schema civicum, or be a member of the role that does"},
    Remedy{"42", "its schema is not as civicum made it: bring back the tables from a copy"},
    Remedy{state_read_only,
           "the server is a standby, or default_transaction_read_only is on: name the primary, or "
           "turn it off for this role"},
    Remedy{"53100", "the server's disk is full: make room there"},
    Remedy{"53300", "every connection is taken: fewer workers, or a larger max_connections"},
    Remedy{"3D000", "civicum store init makes it"},
    Remedy{"28", "check its role and password; civicum store init says what is missing"},
    Remedy{"57P03", "try again once it has started"},
    Remedy{"XX", "the server's files are damaged: its log says where"},
    Remedy{"58", "the server cannot use its files: its log says why"},
};

std::string remedy_of(std::string_view state) {
  for (const Remedy& remedy : remedies) {
    if (state.starts_with(remedy.state)) return "; " + std::string(remedy.sentence);
  }
  return "";
}

/// libpq's messages are lines; ours are a sentence.
std::string one_line(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  std::replace(text.begin(), text.end(), '\n', ' ');
  std::erase(text, '\t');
  return text;
}

bool is_state_char(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); }

/// Takes the SQLSTATE out of a verbose message, "FATAL:  3D000: database …", and the line that says
/// where in the server's source it came from. There is no other way to learn why a connection is
/// refused: the sentence itself may be in any language.
std::string take_state(std::string& message) {
  constexpr std::size_t state_size = 5;
  if (const std::size_t where = message.find("\nLOCATION:"); where != std::string::npos) {
    message.resize(where);
  }
  for (std::size_t at = 2; at + state_size < message.size(); ++at) {
    std::string state = message.substr(at, state_size);
    const bool is_state = message.compare(at - 2, 2, "  ") == 0 &&
                          message[at + state_size] == ':' &&
                          std::all_of(state.begin(), state.end(), is_state_char);
    if (!is_state) continue;
    message.erase(at - 1, state_size + 2);  // and one of the two spaces before it
    return state;
  }
  return "";
}

/// Until the socket is ready for what libpq waits for; false at the deadline.
bool wait_ready(PGconn* connection, PostgresPollingStatusType wanted,
                std::optional<steady_clock::time_point> deadline) {
  const auto events = static_cast<short>(wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT);
  while (true) {
    int pause_ms = -1;
    if (deadline) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(*deadline - steady_clock::now());
      if (left.count() <= 0) return false;
      pause_ms = static_cast<int>(left.count());
    }
    pollfd poller{PQsocket(connection), events, 0};
    const int ready = poll(&poller, 1, pause_ms);
    if (ready > 0 || (ready < 0 && errno != EINTR)) return true;
  }
}

/// Empty once it is connected.
std::optional<std::string> finish_connecting(PGconn* connection, int timeout_s) {
  std::optional<steady_clock::time_point> deadline;
  if (timeout_s > 0) deadline = steady_clock::now() + std::chrono::seconds(timeout_s);
  PostgresPollingStatusType wanted = PGRES_POLLING_WRITING;
  while (wanted != PGRES_POLLING_OK) {
    if (wanted == PGRES_POLLING_FAILED || PQstatus(connection) == CONNECTION_BAD) {
      return PQerrorMessage(connection);
    }
    if (!wait_ready(connection, wanted, deadline)) {
      return "no answer within " + std::to_string(timeout_s) + " s";
    }
    wanted = PQconnectPoll(connection);
  }
  return std::nullopt;
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

PgResult<PgConnection> PgConnection::connect_at(const PgTarget& target,
                                                const PgEndpoint& endpoint) {
  std::vector<const char*> keywords = {"host", "port"};
  std::vector<const char*> values = {endpoint.host.c_str(), endpoint.port.c_str()};
  if (!endpoint.address.empty()) {
    keywords.push_back("hostaddr");
    values.push_back(endpoint.address.c_str());
  }
  for (const auto& [keyword, value] : target.options) {
    keywords.push_back(keyword.c_str());
    values.push_back(value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  PgConnection connection(PQconnectStartParams(keywords.data(), values.data(), 0), target.name);
  PGconn* raw = connection.connection_.get();
  if (raw == nullptr) {
    return PgFailure{{ErrorKind::OutOfMemory, "no memory for a connection to " + target.name}, ""};
  }
  PQsetErrorVerbosity(raw, PQERRORS_VERBOSE);
  std::optional<std::string> refusal =
      finish_connecting(raw, std::atoi(target.option("connect_timeout").c_str()));
  if (refusal) {
    const std::string state = take_state(*refusal);
    return PgFailure{{ErrorKind::Unavailable,
                      "cannot connect to the store " + target.name + ": " + one_line(*refusal)},
                     state};
  }
  PQsetErrorVerbosity(raw, PQERRORS_DEFAULT);
  PQsetNoticeProcessor(
      raw, [](void*, const char*) {}, nullptr);
  return connection;
}

PgResult<PgConnection> PgConnection::try_connect(const PgTarget& target) {
  std::optional<PgFailure> failed;
  for (const PgEndpoint& endpoint : target.endpoints) {
    PgResult<PgConnection> connection = connect_at(target, endpoint);
    if (std::holds_alternative<PgConnection>(connection)) return connection;
    // What a server said is worth more than that one was not there.
    auto& failure = std::get<PgFailure>(connection);
    if (!failed || failed->state.empty()) failed = std::move(failure);
  }
  ENSURE(failed);
  return *std::move(failed);
}

Result<PgConnection> PgConnection::connect(const PgTarget& target) {
  PgResult<PgConnection> connection = try_connect(target);
  if (auto* failed = std::get_if<PgFailure>(&connection)) {
    failed->error.what += remedy_of(failed->state);
  }
  return plain(std::move(connection));
}

int PgConnection::server_version() const { return PQserverVersion(connection_.get()); }

std::string PgConnection::server_parameter(const char* name) const {
  const char* value = PQparameterStatus(connection_.get(), name);
  return value != nullptr ? value : "";
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
  if (failed.state == state_read_only) message = "nothing can be written";  // its names a statement
  failed.error = Error{kind_of_state(failed.state),
                       "the store " + name_ + ": " + one_line(message) + remedy_of(failed.state)};
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

PgResult<std::int64_t> PgConnection::ask_number(const std::string& sql,
                                                std::vector<SqlValue> values) {
  PgResult<Done> prepared = prepare("", sql);
  if (auto* failed = std::get_if<PgFailure>(&prepared)) return std::move(*failed);
  const PgSend ask{"", std::move(values)};
  PgResult<std::vector<SqlRows>> answers = run(std::span(&ask, 1));
  if (auto* failed = std::get_if<PgFailure>(&answers)) return std::move(*failed);
  const SqlRows& rows = std::get<std::vector<SqlRows>>(answers).front();
  return rows.empty() ? 0 : rows.integer(0, 0);
}

Result<std::string> PgConnection::encrypt_password(const std::string& role,
                                                   const std::string& password) {
  char* encrypted =
      PQencryptPasswordConn(connection_.get(), password.c_str(), role.c_str(), nullptr);
  if (encrypted == nullptr) return failure(nullptr).error;
  std::string text = encrypted;
  PQfreemem(encrypted);
  return text;
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
