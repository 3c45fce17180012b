// SPDX-License-Identifier: GPL-3.0-or-later
// Where this process sits in the cgroup trees, v1 or v2, container mounts included.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/host_root.h"
#include "os/cage.h"

namespace civicum {

/// The process's own folder first, then each one above it up to the mount point: a limit on any of
/// them holds. Paths are those of the machine, to be read through the HostRoot.
struct CgroupPath {
  CgroupVersion version = CgroupVersion::V2;
  std::vector<std::string> folders;
};

/// Of a controller ("memory", "cpu"): its v1 tree where it has one, else the v2 tree. Empty where
/// neither is mounted.
std::optional<CgroupPath> find_cgroup(const HostRoot& root, std::string_view controller);

/// The own cgroups of memory, cpu and pids, where their trees hold the memory controller's version.
OwnCgroups find_own_cgroups(const HostRoot& root);

}  // namespace civicum
