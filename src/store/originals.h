// SPDX-License-Identifier: GPL-3.0-or-later
// Which folder holds a store's originals, where it is not the store's own place. The folder has a
// mark, a file `civicum-originals` with a random word, and the store knows the word: a folder that
// is not mounted, or another's, is told apart from one whose originals are gone.
#pragma once

#include <memory>
#include <string>

#include "store/blobs.h"
#include "store/database.h"

namespace civicum {

/// Marks the folder when the store's first original is to come, creating it. NotFound, with a
/// sentence, where the store's originals are elsewhere.
Result<std::unique_ptr<Blobs>> open_originals_folder(Database& database, const std::string& folder);

/// Before the store's own place is used: NotFound where its originals are in a folder.
Status expect_own_originals(Database& database);

/// Removes the originals of documents that were removed, also where whoever did that was killed in
/// between.
Status remove_doomed_originals(Database& database, Blobs& blobs);

}  // namespace civicum
