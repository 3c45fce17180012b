// SPDX-License-Identifier: GPL-3.0-or-later
// The store: documents, pages and jobs, in one SQLite file or on a PostgreSQL server. What works on
// it does not know which.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "os/allowed_hosts.h"
#include "store/blobs.h"
#include "store/check.h"
#include "store/copy.h"
#include "store/database.h"
#include "store/documents.h"
#include "store/jobs.h"
#include "store/originals.h"
#include "store/postgres/pg_init.h"
#include "store/search.h"

namespace civicum {

/// What becomes of a SQLite file that was named and is not there.
enum class IfMissing : std::uint8_t { Make, Refuse };

class Store {
 public:
  /// `where`: "sqlite:PATH", "postgres://…", "host=… dbname=…", or empty for civicum.sqlite in
  /// `data_folder`. Creates what is not there, brings an older schema up to date, refuses a newer
  /// one (Unavailable). BadInput where `where` is neither; Refused where the database's host is
  /// neither this machine nor allowed; NotFound as `missing` says.
  static Result<Store> open(const std::string& where, const std::string& data_folder,
                            const AllowedHosts& allowed = {}, IfMissing missing = IfMissing::Make);

  /// The same, where its role, database and schema may have to be made first (pg_init.h).
  static Result<Store> init(const std::string& where, const std::string& data_folder,
                            const AllowedHosts& allowed, PgPreparation& preparation);

  Documents documents() { return Documents(*database_); }
  Jobs jobs() { return Jobs(*database_); }
  Search search() { return Search(*database_); }
  /// Where originals are: `where` is "dir:PATH", or empty for the store's own place: blobs/ beside
  /// a SQLite file, PostgreSQL itself. BadInput; errors as open_originals() has them.
  /// `spool_folder` is for what is opened.
  Result<std::unique_ptr<Blobs>> open_blobs(const std::string& where,
                                            const std::string& spool_folder);
  std::unique_ptr<Blobs> open_database_blobs(const std::string& spool_folder) {
    return std::make_unique<DatabaseBlobs>(*database_, spool_folder);
  }
  /// As copy.h has it.
  Result<CopyCounts> copy_to(Blobs& own, Store& other, Blobs& others,
                             const std::function<void(const CopyCounts&)>& on_progress) {
    return copy_store({*database_, own}, {*other.database_, others}, on_progress);
  }
  /// As check.h has it.
  Result<std::vector<std::string>> check(Blobs& blobs, const ContentDigest& digest) {
    return check_store(*database_, blobs, digest);
  }
  /// As originals.h has them.
  Status doom_unfinished_original(const std::string& sha256) {
    return civicum::doom_unfinished_original(*database_, sha256);
  }
  Status remove_doomed_originals(Blobs& blobs) {
    return civicum::remove_doomed_originals(*database_, blobs);
  }
  /// As Database has them.
  Result<std::unique_ptr<WakeSource>> listen(std::int64_t live_key) {
    return database_->listen(live_key);
  }
  Status announce() { return database_->announce(); }
  /// After removals: leaves nothing of them in the database's files. Seconds for a large store.
  Status scrub();
  /// The same where a removal was cut short before it.
  Status finish_scrub();
  /// On a server, which may come and go by itself and may be shared.
  bool is_remote() const { return folder_.empty(); }
  /// Of a SQLite store: the folder that its one worker owns.
  const std::string& folder() const { return folder_; }
  /// Where it is, for people; without a password.
  std::string name() const { return database_->name(); }

 private:
  Store(std::unique_ptr<Database> database, std::string folder)
      : database_(std::move(database)), folder_(std::move(folder)) {}
  /// Of a SQLite store: for its originals.
  std::string own_folder() const { return folder_ + "/blobs"; }
  std::unique_ptr<Database> database_;
  std::string folder_;
};

}  // namespace civicum
