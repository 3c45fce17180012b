// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/store.h"

#include <string_view>

#include "store/postgres/pg_database.h"
#include "store/sqlite/sqlite_database.h"

namespace civicum {
namespace {

constexpr std::string_view sqlite_scheme = "sqlite:";

Result<std::unique_ptr<Database>> open_sqlite(const std::string& path) {
  Result<std::unique_ptr<Database>> database = SqliteDatabase::open(path);
  if (database || database.error().kind != ErrorKind::Corrupt) return database;
  return Error{ErrorKind::Unavailable,
               database.error().what + "; move " + path +
                   " away to begin a new store, or name another folder with --data"};
}

}  // namespace

Result<Store> Store::open(const std::string& where, const std::string& data_folder) {
  if (where.starts_with("postgres://") || where.starts_with("postgresql://")) {
    const PgTarget target = TRY(parse_pg_target(where));
    return Store(TRY(PgDatabase::open(target)));
  }
  if (where.empty()) return Store(TRY(open_sqlite(data_folder + "/civicum.sqlite")));
  if (where.starts_with(sqlite_scheme) && where.size() > sqlite_scheme.size()) {
    return Store(TRY(open_sqlite(where.substr(sqlite_scheme.size()))));
  }
  return Error{ErrorKind::BadInput, "--store " + where + ": expected sqlite:PATH or postgres://…"};
}

}  // namespace civicum
