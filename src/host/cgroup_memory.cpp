// SPDX-License-Identifier: GPL-3.0-or-later
// Formats: memory.events(.local) of cgroup v2; memory.oom_control, memory.failcnt and the pairs of
// limit and highest use of v1.
#include "host/cgroup_memory.h"

namespace civicum {
namespace {

std::optional<std::uint64_t> read_number(const HostRoot& root, const std::string& file) {
  const std::optional<std::string> text = root.read(file);
  return text ? parse_number(*text) : std::nullopt;
}

/// The kernel charges in batches of up to 64 pages.
constexpr Bytes v1_near_limit = mib(1);

/// memory.failcnt stays 0 where the limit of memory and swap together is met first (Linux 6.18).
bool has_met_v1_limit(const HostRoot& root, const std::string& folder) {
  if (read_number(root, folder + "/memory.failcnt").value_or(0) > 0) return true;
  for (const char* kind : {"/memory", "/memory.memsw"}) {
    const auto most = read_number(root, folder + kind + ".max_usage_in_bytes");
    const auto limit = read_number(root, folder + kind + ".limit_in_bytes");
    if (most && limit && *most + v1_near_limit.count >= *limit) return true;
  }
  return false;
}

}  // namespace

std::optional<CgroupOomEvents> read_oom_events(CgroupVersion version, const std::string& folder,
                                               const HostRoot& root) {
  if (version == CgroupVersion::V1) {
    const std::optional<std::string> control = root.read(folder + "/memory.oom_control");
    if (!control) return std::nullopt;
    return CgroupOomEvents{find_count(*control, "oom_kill").value_or(0),
                           has_met_v1_limit(root, folder)};
  }
  const std::optional<std::string> all = root.read(folder + "/memory.events");
  if (!all) return std::nullopt;
  const std::string own = root.read(folder + "/memory.events.local").value_or(*all);
  return CgroupOomEvents{find_count(*all, "oom_kill").value_or(0),
                         find_count(own, "oom").value_or(0) > 0};
}

}  // namespace civicum
