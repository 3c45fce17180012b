// SPDX-License-Identifier: GPL-3.0-or-later
// Where a store's originals are: decided once, by whoever uses them first. A folder of originals
// has a mark, a file `civicum-originals` that names the store and the place: so a folder that is
// not mounted is told apart from one whose originals are gone, and no folder is taken for
// another's.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "store/blobs.h"
#include "store/database.h"

namespace civicum {

enum class OriginalsIn : std::uint8_t {
  OwnFolder,   ///< beside a SQLite file
  NamedFolder  ///< --blobs
};

/// Marks a folder that is to be the store's, creating it. BadInput where the store's originals are
/// known to be elsewhere, or the folder's belong to another store; Unavailable where the folder
/// should have them and does not.
Result<std::unique_ptr<Blobs>> open_originals(Database& database, const std::string& folder,
                                              OriginalsIn where);

/// Marks the store's own folder anew where it has gone, with its originals.
Status begin_own_folder(Database& database, const std::string& folder);

/// The same for originals that lie in the database itself.
Status expect_originals_inside(Database& database);

/// Those that documents are said to have, each once, sorted.
Result<std::vector<std::string>> wanted_originals(Database& database);

/// From here on an original that is being handed in is removed again unless a document comes to
/// have it.
Status doom_unfinished_original(Database& database, const std::string& sha256);

/// Removes the originals of documents that were removed, and of those that were never handed in
/// whole, also where whoever did that was killed in between. Every one is tried; the first error.
Status remove_doomed_originals(Database& database, Blobs& blobs);

}  // namespace civicum
