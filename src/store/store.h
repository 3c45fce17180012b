// SPDX-License-Identifier: GPL-3.0-or-later
// The store: documents, pages and jobs, in one SQLite file or on a PostgreSQL server. What works on
// it does not know which.
#pragma once

#include <memory>
#include <string>

#include "store/database.h"
#include "store/documents.h"
#include "store/jobs.h"

namespace civicum {

class Store {
 public:
  /// `where`: "sqlite:PATH", "postgres://…", or empty for civicum.sqlite in `data_folder`. Creates
  /// what is not there, brings an older schema up to date, refuses a newer one (Unavailable).
  /// BadInput where `where` is neither; Refused where the database's host is not this machine.
  static Result<Store> open(const std::string& where, const std::string& data_folder);

  Documents documents() { return Documents(*database_); }
  Jobs jobs() { return Jobs(*database_); }
  /// Where it is, for people; without a password.
  std::string name() const { return database_->name(); }

 private:
  explicit Store(std::unique_ptr<Database> database) : database_(std::move(database)) {}
  std::unique_ptr<Database> database_;
};

}  // namespace civicum
