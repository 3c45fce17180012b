// SPDX-License-Identifier: GPL-3.0-or-later
// Is a store whole? Every page of an ended document accounted for, every lease with its job, every
// wait with its reason, every original that is kept there and no other.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "store/blobs.h"
#include "store/database.h"

namespace civicum {

inline constexpr std::size_t findings_max = 1000;

/// What is wrong, a sentence each; empty: nothing is. At most findings_max. A store at work may
/// show a lease that ends just then.
Result<std::vector<std::string>> check_store(Database& database, Blobs& blobs);

}  // namespace civicum
