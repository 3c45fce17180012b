// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/sqlite/sqlite_db.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <thread>

#include "os/fd.h"

namespace civicum {
namespace {

/// Where there are no bytes there may be no pointer either, which SQLite would read as NULL.
const char* pointer_of(std::string_view bytes) {
  return bytes.data() != nullptr ? bytes.data() : "";
}

ErrorKind kind_of_sqlite(int code) {
  switch (code & 0xFF) {
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
      return ErrorKind::Denied;
    case SQLITE_NOMEM:
      return ErrorKind::OutOfMemory;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorKind::Corrupt;
    case SQLITE_TOOBIG:
      return ErrorKind::TooLarge;
    default:  // SQLITE_FULL, SQLITE_IOERR, SQLITE_BUSY, SQLITE_CANTOPEN …
      return ErrorKind::Unavailable;
  }
}

constexpr int busy_timeout_ms = 10'000;
constexpr int busy_retry_ms = 10;
// The shared memory beside the file grows by 32 KiB.
constexpr std::uint64_t room_bytes_min = 64 << 10;

/// SQLite says only "disk I/O error" where the file beside the database cannot grow.
bool is_disk_full(const std::string& path, int os_error) {
  if (os_error == ENOSPC || os_error == EDQUOT) return true;
  const std::string folder = std::filesystem::path(path).parent_path().string();
  struct statvfs disk {};
  if (statvfs(folder.empty() ? "." : folder.c_str(), &disk) != 0) return false;
  return std::uint64_t{disk.f_bavail} * disk.f_frsize < room_bytes_min;
}

/// Empty where SQLite's own sentence will do.
std::string sentence_of(int code, const std::string& path, int os_error) {
  switch (code & 0xFF) {
    case SQLITE_FULL:
      return "the disk of the store " + path + " is full; make room there";
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      if (is_disk_full(path, os_error)) return sentence_of(SQLITE_FULL, path, os_error);
      return "the store " + path + " cannot be opened, read or written" +
             (os_error != 0 ? ": " + std::generic_category().message(os_error) : "") +
             "; look at its folder and its disk";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "the store " + path + " has been locked by another process for " +
             std::to_string(busy_timeout_ms / 1000) + " s; end that process, or try again";
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
      return "the store " + path +
             " cannot be written: the file, one beside it or its folder is read-only for this user";
    case SQLITE_CORRUPT:
      return "the store " + path + " is damaged; civicum store check says where";
    case SQLITE_NOTADB:
      return path + " is not a SQLite database";
    default:
      return "";
  }
}

/// Of the last call.
Error failure_at(sqlite3* db, const std::string& path) {
  const int code = sqlite3_extended_errcode(db);
  const int os_error = sqlite3_system_errno(db);
  std::string sentence = sentence_of(code, path, os_error);
  if (sentence.empty()) sentence = "the store " + path + ": " + sqlite3_errmsg(db);
  return Error{kind_of_sqlite(code), std::move(sentence), os_error};
}

Error failure(sqlite3* db) {
  const char* file = sqlite3_db_filename(db, "main");
  return failure_at(db, file != nullptr ? file : "");
}

/// SQLite's own word for most of these is CANTOPEN.
Error open_failure(sqlite3* db, const std::string& path) {
  Error error = failure_at(db, path);
  const ErrorKind kind = kind_of_errno(error.os_error);
  if (kind == ErrorKind::NotFound || kind == ErrorKind::Denied) error.kind = ErrorKind::Denied;
  return error;
}

template <clockid_t Clock>
void answer_ms(sqlite3_context* context, int, sqlite3_value**) {
  timespec now{};
  clock_gettime(Clock, &now);
  sqlite3_result_int64(context, std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000);
}

template <clockid_t Clock>
bool add_clock(sqlite3* db, const char* name) {
  return sqlite3_create_function_v2(db, name, 0, SQLITE_UTF8, nullptr, answer_ms<Clock>, nullptr,
                                    nullptr, nullptr) == SQLITE_OK;
}

}  // namespace

void SqliteStatement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

SqliteStatement& SqliteStatement::bind(std::int64_t value) {
  ENSURE(sqlite3_bind_int64(statement_.get(), ++bound_, value) == SQLITE_OK);
  return *this;
}

SqliteStatement& SqliteStatement::bind(std::string_view text) {
  ENSURE(sqlite3_bind_text64(statement_.get(), ++bound_, pointer_of(text), text.size(),
                             SQLITE_TRANSIENT, SQLITE_UTF8) == SQLITE_OK);
  return *this;
}

SqliteStatement& SqliteStatement::bind_blob(std::string_view bytes) {
  ENSURE(sqlite3_bind_blob64(statement_.get(), ++bound_, pointer_of(bytes), bytes.size(),
                             SQLITE_TRANSIENT) == SQLITE_OK);
  return *this;
}

SqliteStatement& SqliteStatement::bind_real(double value) {
  ENSURE(sqlite3_bind_double(statement_.get(), ++bound_, value) == SQLITE_OK);
  return *this;
}

SqliteStatement& SqliteStatement::bind_null() {
  ENSURE(sqlite3_bind_null(statement_.get(), ++bound_) == SQLITE_OK);
  return *this;
}

Result<bool> SqliteStatement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  Error error = failure(db_);
  reset();
  return error;
}

void SqliteStatement::reset() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
  bound_ = 0;
}

std::int64_t SqliteStatement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string_view SqliteStatement::bytes(int column) const {
  const void* data = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  if (data == nullptr) return {};
  return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

int SqliteStatement::column_count() const { return sqlite3_column_count(statement_.get()); }

SqliteType SqliteStatement::type(int column) const {
  switch (sqlite3_column_type(statement_.get(), column)) {
    case SQLITE_NULL:
      return SqliteType::Null;
    case SQLITE_INTEGER:
      return SqliteType::Integer;
    case SQLITE_FLOAT:
      return SqliteType::Real;
    default:
      return SqliteType::Bytes;
  }
}

double SqliteStatement::real(int column) const {
  return sqlite3_column_double(statement_.get(), column);
}

void SqliteDb::Close::operator()(sqlite3* db) const { sqlite3_close_v2(db); }

Result<SqliteDb> SqliteDb::open(const std::string& path) {
  // Nobody else's to read: SQLite would leave that to the umask. What fails here fails there. A
  // file that is there must not be opened: its closing would end this process's locks on it.
  (void)open_file(path, O_CREAT | O_EXCL | O_WRONLY, 0600);
  sqlite3* raw = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &raw,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  SqliteDb db(raw);
  if (raw == nullptr) return Error{ErrorKind::OutOfMemory, "no memory to open " + path};
  sqlite3_extended_result_codes(raw, 1);
  if (code != SQLITE_OK) return open_failure(raw, path);
  sqlite3_busy_timeout(raw, busy_timeout_ms);
  (void)TRY(db.begin_log());
  (void)TRY(
      db.execute("PRAGMA synchronous=NORMAL; PRAGMA cache_size=-1024; PRAGMA foreign_keys=ON;"
                 "PRAGMA secure_delete=ON; PRAGMA journal_size_limit=16777216;"));
  ENSURE(add_clock<CLOCK_REALTIME>(raw, "now_ms") && add_clock<CLOCK_BOOTTIME>(raw, "lease_now"));
  return db;
}

/// A file's first change to a log does not wait for another process's: SQLite says that it is busy
/// at once.
Status SqliteDb::begin_log() {
  using std::chrono::steady_clock;
  const auto deadline = steady_clock::now() + std::chrono::milliseconds(busy_timeout_ms);
  while (true) {
    Status begun = execute("PRAGMA journal_mode=WAL");
    const bool is_busy = !begun && sqlite3_errcode(db_.get()) == SQLITE_BUSY;
    if (!is_busy || steady_clock::now() >= deadline) return begun;
    std::this_thread::sleep_for(std::chrono::milliseconds(busy_retry_ms));
  }
}

Result<SqliteStatement> SqliteDb::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(db_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return failure(db_.get());
  return SqliteStatement(db_.get(), statement);
}

Status SqliteDb::execute(const std::string& sql) {
  if (sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return failure(db_.get());
  }
  return Done{};
}

Result<std::int64_t> SqliteDb::user_version() {
  SqliteStatement version = TRY(prepare("PRAGMA user_version"));
  (void)TRY(version.step());
  return version.integer(0);
}

}  // namespace civicum
