// SPDX-License-Identifier: GPL-3.0-or-later
// How many processors this process may keep busy.
#pragma once

#include <optional>

#include "host/host_root.h"

namespace civicum {

struct CpuFacts {
  std::optional<unsigned> online;   ///< cores the machine has switched on
  std::optional<unsigned> allowed;  ///< by this process's affinity
  std::optional<double> quota;      ///< cores' worth of time, the tightest on the cgroup path
};

CpuFacts probe_cpu(const HostRoot& root = {});

/// The least of what is known, rounded down; 1 where nothing is.
unsigned usable_cpu_count(const CpuFacts& facts);

}  // namespace civicum
