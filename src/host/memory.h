// SPDX-License-Identifier: GPL-3.0-or-later
// How much memory this machine has, and how much of it this process may use.
#pragma once

#include <optional>
#include <variant>

#include "base/units.h"
#include "host/host_root.h"

namespace civicum {

/// The cgroup says "max" (v2) or a number no machine has (v1).
struct Unlimited {
  friend constexpr bool operator==(Unlimited, Unlimited) = default;
};
using MemoryLimit = std::variant<Unlimited, Bytes>;

/// The text of memory.max or memory.limit_in_bytes.
std::optional<MemoryLimit> parse_memory_limit(std::string_view text);

struct MemoryFacts {
  std::optional<Bytes> total;
  std::optional<Bytes> available;
  std::optional<Bytes> swap_total;  ///< present and 0 on a machine without swap
  std::optional<Bytes> swap_free;
  /// The tightest limit from the own cgroup upwards; empty where no memory cgroup can be read.
  std::optional<MemoryLimit> limit;
};

MemoryFacts probe_memory(const HostRoot& root = {});

/// min(total, limit) of what is known.
std::optional<Bytes> usable_memory(const MemoryFacts& facts);

}  // namespace civicum
