// SPDX-License-Identifier: GPL-3.0-or-later
// A whole store from one database to another, in either direction: documents, pages, open and ended
// jobs, originals; numbers stay. What runs is queued at its new place.
#pragma once

#include <cstdint>
#include <functional>

#include "base/result.h"
#include "store/blobs.h"
#include "store/database.h"

namespace civicum {

struct CopyEnd {
  Database& database;
  Blobs& blobs;
};

struct CopyCounts {
  std::uint64_t documents = 0;
  std::uint64_t pages = 0;
  std::uint64_t jobs = 0;
  std::uint64_t originals = 0;
  std::uint64_t originals_missing = 0;
};

/// `to` must hold no document and no job (BadInput). Nobody may work on `from` meanwhile. Not one
/// transaction: after an error, `to` holds a part and is to be thrown away. `on_progress` is called
/// now and then.
Result<CopyCounts> copy_store(CopyEnd from, CopyEnd to,
                              const std::function<void(const CopyCounts&)>& on_progress);

}  // namespace civicum
