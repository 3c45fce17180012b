// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/store.h"

#include <filesystem>
#include <string_view>

#include "store/postgres/pg_database.h"
#include "store/sqlite/sqlite_database.h"

namespace civicum {
namespace {

constexpr std::string_view sqlite_scheme = "sqlite:";
constexpr std::string_view folder_scheme = "dir:";

/// A URL, or libpq's other form: NAME=VALUE pairs.
bool is_postgres(const std::string& where) {
  const bool has_pairs = where.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == where.find('=');
  return where.starts_with("postgres://") || where.starts_with("postgresql://") ||
         (has_pairs && !where.empty());
}

/// What is no URL of ours may still hold a password.
std::string without_secrets(const std::string& where) {
  if (where.find('@') == std::string::npos) return where;
  return where.substr(0, where.find(':')) + ":…";
}

Result<std::unique_ptr<Database>> open_sqlite(const std::string& path) {
  Result<std::unique_ptr<Database>> database = SqliteDatabase::open(path);
  if (database || database.error().kind != ErrorKind::Corrupt) return database;
  return Error{ErrorKind::Corrupt,
               database.error().what + "; move " + path +
                   " away to begin a new store, or name another folder with --data"};
}

/// Where the file of a new store is to lie. A folder with another store's originals is refused
/// before there is a second file in it.
Status prepare_folder(const std::string& path, const std::string& folder) {
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored)) return Done{};
  const std::string originals = folder + "/blobs";
  if (std::filesystem::exists(mark_path(originals), ignored)) {
    return Error{ErrorKind::BadInput,
                 originals + " has the originals of another store than " + path +
                     ": each store needs a folder of its own; where its file was moved away, bring "
                     "it back, or move that folder away too"};
  }
  return make_folders(folder);
}

}  // namespace

/// Removals that are counted meanwhile are another's.
Status Store::scrub() {
  const SqlRows due = TRY(database_->run("unscrubbed", {}, Durability::Relaxed));
  (void)TRY(search().purge());
  (void)TRY(database_->scrub());
  if (due.empty()) return Done{};
  (void)TRY(database_->run("end_scrub", {due.integer(0, 0)}, Durability::Durable));
  return Done{};
}

Status Store::finish_scrub() {
  const SqlRows due = TRY(database_->run("unscrubbed", {}, Durability::Relaxed));
  return due.empty() ? Status(Done{}) : scrub();
}

Result<Store> Store::open(const std::string& where, const std::string& data_folder,
                          const AllowedHosts& allowed, IfMissing missing) {
  if (is_postgres(where)) {
    const PgTarget target = TRY(parse_pg_target(where, allowed));
    return Store(TRY(PgDatabase::open(target)), "");
  }
  std::string path = data_folder + "/civicum.sqlite";
  if (!where.empty()) {
    if (!where.starts_with(sqlite_scheme) || where.size() == sqlite_scheme.size()) {
      return Error{ErrorKind::BadInput, "--store " + without_secrets(where) +
                                            ": expected sqlite:PATH, postgres://… or host=…"};
    }
    path = where.substr(sqlite_scheme.size());
    std::error_code ignored;
    if (missing == IfMissing::Refuse && !std::filesystem::exists(path, ignored)) {
      return Error{ErrorKind::NotFound, "there is no store at " + path + ": civicum store init " +
                                            where + " makes one, and so does civicum add"};
    }
  }
  const std::string parent = std::filesystem::path(path).parent_path().string();
  const std::string folder = parent.empty() ? "." : parent;
  (void)TRY(prepare_folder(path, folder));
  return Store(TRY(open_sqlite(path)), folder);
}

Result<Store> Store::init(const std::string& where, const std::string& data_folder,
                          const AllowedHosts& allowed, PgPreparation& preparation) {
  if (is_postgres(where)) {
    const PgTarget target = TRY(parse_pg_target(where, allowed));
    (void)TRY(prepare_pg(target, preparation));
  }
  Store store = TRY(open(where, data_folder, allowed));
  if (!store.is_remote()) (void)TRY(begin_own_folder(*store.database_, store.own_folder()));
  return store;
}

Result<std::unique_ptr<Blobs>> Store::open_blobs(const std::string& where,
                                                 const std::string& spool_folder) {
  if (where.starts_with(folder_scheme) && where.size() > folder_scheme.size()) {
    return open_originals(*database_, where.substr(folder_scheme.size()), OriginalsIn::NamedFolder);
  }
  if (!where.empty()) {
    return Error{ErrorKind::BadInput, "--blobs " + where + ": expected dir:PATH"};
  }
  if (!is_remote()) {
    return open_originals(*database_, own_folder(), OriginalsIn::OwnFolder);
  }
  (void)TRY(expect_originals_inside(*database_));
  return open_database_blobs(spool_folder);
}

}  // namespace civicum
