// SPDX-License-Identifier: GPL-3.0-or-later
// Is a store whole? Every page of an ended document accounted for and readable, found by search and
// nothing else found, every lease with its job, every wait with its reason, every original that is
// kept there, byte for byte, and no other.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/blobs.h"
#include "store/database.h"

namespace civicum {

inline constexpr std::size_t findings_max = 1000;

/// The SHA-256 of a whole file, in lower-case hex.
using ContentDigest = std::function<Result<std::string>(int fd)>;

/// What is wrong, a sentence each; empty: nothing is. At most findings_max. Without a digest the
/// bytes of originals are not looked at, which takes as long as the disk takes to read them all. A
/// store at work may show a lease that ends just then, or an original that is just handed in.
Result<std::vector<std::string>> check_store(Database& database, Blobs& blobs,
                                             const ContentDigest& digest);

}  // namespace civicum
