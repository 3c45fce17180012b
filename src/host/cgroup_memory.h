// SPDX-License-Identifier: GPL-3.0-or-later
// What a cgroup and all below it hold, and what its limits have done.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/units.h"
#include "host/host_root.h"
#include "os/cage.h"

namespace civicum {

/// Page cache is not among it: the kernel takes that back.
struct CgroupUsage {
  std::optional<Bytes> anonymous;
  std::optional<Bytes> shared;  ///< tmpfs and shared memory
  std::optional<Bytes> swap;
};

CgroupUsage read_cgroup_usage(CgroupVersion version, const std::string& folder,
                              const HostRoot& root = {});
/// Of what is known; empty where nothing is.
std::optional<Bytes> held_bytes(const CgroupUsage& usage);

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
