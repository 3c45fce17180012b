// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/memory.h"

#include <algorithm>
#include <cstdint>

#include "host/cgroup_path.h"

namespace civicum {
namespace {

/// cgroup v1 writes "no limit" as LONG_MAX rounded down to a page.
constexpr std::uint64_t v1_unlimited_min = std::uint64_t{1} << 62;

std::optional<MemoryLimit> tighter(const std::optional<MemoryLimit>& a,
                                   const std::optional<MemoryLimit>& b) {
  if (!a || !b) return a ? a : b;
  if (std::holds_alternative<Unlimited>(*a)) return b;
  if (std::holds_alternative<Unlimited>(*b)) return a;
  return std::min(std::get<Bytes>(*a), std::get<Bytes>(*b));
}

std::optional<MemoryLimit> probe_limit(const HostRoot& root) {
  const std::optional<CgroupPath> cgroup = find_cgroup(root, "memory");
  if (!cgroup) return std::nullopt;
  const char* name =
      cgroup->version == CgroupVersion::V2 ? "/memory.max" : "/memory.limit_in_bytes";
  std::optional<MemoryLimit> tightest;
  for (const std::string& folder : cgroup->folders) {
    const std::optional<std::string> text = root.read(folder + name);
    if (text) tightest = tighter(tightest, parse_memory_limit(*text));
  }
  return tightest;
}

}  // namespace

std::optional<MemoryLimit> parse_memory_limit(std::string_view text) {
  if (text == "max\n" || text == "max") return Unlimited{};
  const std::optional<std::uint64_t> number = parse_number(text);
  if (!number) return std::nullopt;
  if (*number >= v1_unlimited_min) return Unlimited{};
  return Bytes{*number};
}

MemoryFacts probe_memory(const HostRoot& root) {
  MemoryFacts facts;
  facts.limit = probe_limit(root);
  const std::optional<std::string> meminfo = root.read("/proc/meminfo");
  if (!meminfo) return facts;
  facts.total = find_kilobytes(*meminfo, "MemTotal");
  facts.available = find_kilobytes(*meminfo, "MemAvailable");
  facts.swap_total = find_kilobytes(*meminfo, "SwapTotal");
  facts.swap_free = find_kilobytes(*meminfo, "SwapFree");
  return facts;
}

std::optional<Bytes> usable_memory(const MemoryFacts& facts) {
  const Bytes* limit = facts.limit ? std::get_if<Bytes>(&*facts.limit) : nullptr;
  if (limit == nullptr) return facts.total;
  return facts.total ? std::min(*facts.total, *limit) : *limit;
}

}  // namespace civicum
