// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/random.h"

#include <sys/random.h>

#include "base/result.h"

namespace civicum {
namespace {

std::uint64_t random_bits() {
  std::uint64_t bits = 0;
  // getrandom(2) fills so few bytes whole, without EINTR, once the system has started.
  ENSURE(getrandom(&bits, sizeof bits, 0) == static_cast<ssize_t>(sizeof bits));
  return bits;
}

}  // namespace

std::int64_t random_token() {
  const auto token = static_cast<std::int64_t>(random_bits() >> 1);
  return token == 0 ? random_token() : token;
}

double random_fraction() {
  return static_cast<double>(random_bits() >> 11) / static_cast<double>(std::uint64_t{1} << 53);
}

}  // namespace civicum
