// SPDX-License-Identifier: GPL-3.0-or-later
// Documents that the workers of a store read, as somebody sees them who waits for them: handed in,
// and asked for until they have ended.
#pragma once

#include <optional>
#include <string>

#include "node/document_jobs.h"
#include "store/store.h"

namespace civicum {

class QueuedDocuments {
 public:
  QueuedDocuments(Store& store, Blobs& blobs) : store_(store), blobs_(blobs) {}

  struct HandedIn {
    DocumentId id = 0;
    std::uint32_t pages_kept = 0;  ///< that were read before and need not be again
  };
  /// Hands the document in. What was read before is read again where `allowance` could better it.
  /// TooLarge.
  Result<HandedIn> hand_in(const NewOriginal& original, const AddOptions& options,
                           const PageAllowance& allowance);

  struct View {
    DocumentRow row;
    bool is_pending = false;  ///< a job of it is open
  };
  Result<View> look(DocumentId document);

  Result<Fd> open_original(const std::string& sha256) { return blobs_.open(sha256); }

 private:
  Store& store_;
  Blobs& blobs_;
};

}  // namespace civicum
