// SPDX-License-Identifier: GPL-3.0-or-later
// Before a store can be opened for the first time: its role, its database, its schema `civicum`.
//
//   the database is missing      made by the role itself, where it may
//   role, database or schema is  made as the server's own system user, over its unix socket, where
//                                we are that user or root
//   else                         the commands that an administrator has to run
//
// What is there already is not changed. The role's password is the URL's.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "store/postgres/pg_target.h"

namespace civicum {

struct PgPreparation {
  std::vector<std::string> made;      ///< "the role ana" …
  std::vector<std::string> commands;  ///< where it ended with an error: what would help
};

/// Unavailable or Denied where the store cannot be opened yet; `preparation` tells the rest.
Status prepare_pg(const PgTarget& target, PgPreparation& preparation);

}  // namespace civicum
