// SPDX-License-Identifier: GPL-3.0-or-later
// What the limits of a cgroup have done to those in it and below.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "host/host_root.h"
#include "os/cage.h"

namespace civicum {

/// Since the cgroup was made.
struct CgroupOomEvents {
  /// Processes that the kernel ended for memory, of this cgroup or one below, by whichever limit.
  std::uint64_t kills = 0;
  /// Its own limit was met. A kill without it was the doing of a limit above, or of the whole
  /// machine.
  bool has_met_limit = false;
};
std::optional<CgroupOomEvents> read_oom_events(CgroupVersion version, const std::string& folder,
                                               const HostRoot& root = {});

}  // namespace civicum
