// SPDX-License-Identifier: GPL-3.0-or-later
// Randomness of the kernel: what must never be given twice, and what must not be guessed.
#pragma once

#include <cstdint>

namespace civicum {

/// 1 … 2^63-1.
std::int64_t random_token();
/// 0 <= x < 1.
double random_fraction();

}  // namespace civicum
