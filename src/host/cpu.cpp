// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/cpu.h"

#include <algorithm>
#include <cstdint>

#include "host/cgroup_path.h"

namespace civicum {
namespace {

constexpr std::uint64_t cpu_index_max = 65'535;
constexpr double usable_max = 65'536;

/// Lists such as `0-3,8,10-11`.
std::optional<unsigned> count_list(std::string_view list) {
  std::uint64_t count = 0;
  for (const std::string_view range : split(list, ',')) {
    const std::size_t dash = range.find('-');
    const std::optional<std::uint64_t> first = parse_number(range.substr(0, dash));
    const std::optional<std::uint64_t> last =
        dash == std::string_view::npos ? first : parse_number(range.substr(dash + 1));
    if (!first || !last || *last < *first || *last > cpu_index_max) return std::nullopt;
    count += *last - *first + 1;
  }
  return static_cast<unsigned>(count);
}

std::optional<double> divide(std::string_view quota, std::string_view period) {
  const std::optional<std::uint64_t> time = parse_number(quota);
  const std::optional<std::uint64_t> window = parse_number(period);
  if (!time || !window || *time == 0 || *window == 0) return std::nullopt;
  return static_cast<double>(*time) / static_cast<double>(*window);
}

/// One folder's quota; "max" (v2) and -1 (v1) are none.
std::optional<double> read_quota(const HostRoot& root, CgroupVersion version,
                                 const std::string& folder) {
  if (version == CgroupVersion::V2) {
    const std::optional<std::string> text = root.read(folder + "/cpu.max");
    if (!text) return std::nullopt;
    const std::vector<std::string_view> parts = split(*text, ' ');
    return parts.size() == 2 ? divide(parts[0], parts[1]) : std::nullopt;
  }
  const std::optional<std::string> quota = root.read(folder + "/cpu.cfs_quota_us");
  const std::optional<std::string> period = root.read(folder + "/cpu.cfs_period_us");
  return quota && period ? divide(*quota, *period) : std::nullopt;
}

}  // namespace

CpuFacts probe_cpu(const HostRoot& root) {
  CpuFacts facts;
  if (const auto online = root.read("/sys/devices/system/cpu/online")) {
    facts.online = count_list(*online);
  }
  if (const auto status = root.read("/proc/self/status")) {
    const std::optional<std::string_view> list = find_line(*status, "Cpus_allowed_list");
    if (list) facts.allowed = count_list(*list);
  }
  const std::optional<CgroupPath> cgroup = find_cgroup(root, "cpu");
  if (!cgroup) return facts;
  for (const std::string& folder : cgroup->folders) {
    const std::optional<double> quota = read_quota(root, cgroup->version, folder);
    if (quota) facts.quota = std::min(*quota, facts.quota.value_or(*quota));
  }
  return facts;
}

unsigned usable_cpu_count(const CpuFacts& facts) {
  if (!facts.online && !facts.allowed && !facts.quota) return 1;
  double count = usable_max;
  if (facts.online) count = std::min(count, static_cast<double>(*facts.online));
  if (facts.allowed) count = std::min(count, static_cast<double>(*facts.allowed));
  if (facts.quota) count = std::min(count, *facts.quota);
  return std::max(1U, static_cast<unsigned>(count));
}

}  // namespace civicum
