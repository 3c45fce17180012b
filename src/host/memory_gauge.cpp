// SPDX-License-Identifier: GPL-3.0-or-later
// Formats: proc(5) meminfo; memory.max, memory.current, memory.stat of cgroup v2;
// memory.limit_in_bytes, memory.usage_in_bytes, memory.stat of v1;
// Documentation/accounting/psi.rst.
#include "host/memory_gauge.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "host/memory.h"

namespace civicum {
namespace {

/// `full avg10=1.25 avg60=… …`
std::optional<double> find_full_avg10(std::string_view text) {
  constexpr std::string_view name = "full avg10=";
  const std::size_t found = text.find(name);
  if (found == std::string_view::npos) return std::nullopt;
  const std::string_view number = text.substr(found + name.size());
  double percent = 0;
  const auto [stop, problem] =
      std::from_chars(number.data(), number.data() + number.size(), percent);
  return problem == std::errc() ? std::optional(percent) : std::nullopt;
}

}  // namespace

MemoryGauge::MemoryGauge(HostRoot root)
    : root_(std::move(root)), cgroup_(find_cgroup(root_, "memory")) {}

std::optional<Bytes> MemoryGauge::left_in(const std::string& folder) const {
  const bool is_v2 = cgroup_->version == CgroupVersion::V2;
  const auto limit_text = root_.read(folder + (is_v2 ? "/memory.max" : "/memory.limit_in_bytes"));
  const auto used_text =
      root_.read(folder + (is_v2 ? "/memory.current" : "/memory.usage_in_bytes"));
  const auto stat = root_.read(folder + "/memory.stat");
  if (!limit_text || !used_text || !stat) return std::nullopt;
  const std::optional<MemoryLimit> limit = parse_memory_limit(*limit_text);
  const auto used = parse_number(*used_text);
  if (!limit || !used || std::holds_alternative<Unlimited>(*limit)) return std::nullopt;
  Bytes reclaimable;
  for (const char* name : {"inactive_file", "active_file"}) {
    const std::string full_name = (is_v2 ? "" : "total_") + std::string(name);
    reclaimable.count += find_count(*stat, full_name).value_or(0);
  }
  return std::get<Bytes>(*limit) - (Bytes{*used} - reclaimable);
}

std::optional<Bytes> MemoryGauge::available() const {
  std::optional<Bytes> least;
  if (const auto meminfo = root_.read("/proc/meminfo")) {
    least = find_kilobytes(*meminfo, "MemAvailable");
  }
  if (!cgroup_) return least;
  for (const std::string& folder : cgroup_->folders) {
    const std::optional<Bytes> left = left_in(folder);
    if (left) least = std::min(*left, least.value_or(*left));
  }
  return least;
}

std::optional<double> MemoryGauge::stalled_percent() const {
  const auto text = root_.read("/proc/pressure/memory");
  return text ? find_full_avg10(*text) : std::nullopt;
}

}  // namespace civicum
