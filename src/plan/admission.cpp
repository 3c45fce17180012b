// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/admission.h"

#include <algorithm>

namespace civicum {
namespace {

constexpr std::uint32_t jobs_default_max = 16;
// A4 at 200 dpi with room for the second look at 300 (page_cost.cpp).
constexpr Bytes page_at_work_bytes = mib(64);
constexpr Bytes memory_default_max = gib(2);

}  // namespace

Bytes page_limit(Bytes budget) { return budget - parent_bytes - idle_reader_bytes; }

std::uint32_t default_jobs(std::uint32_t cpu_count, Bytes budget) {
  const std::uint64_t fitting =
      (budget - parent_bytes - idle_reader_bytes).count / page_at_work_bytes.count;
  const std::uint64_t jobs = std::min<std::uint64_t>({cpu_count, fitting, jobs_default_max});
  return static_cast<std::uint32_t>(std::max<std::uint64_t>(1, jobs));
}

Bytes default_memory(Bytes memory_total, std::optional<Bytes> cgroup_limit) {
  const Bytes usable = std::min(memory_total, cgroup_limit.value_or(memory_total));
  return std::min(memory_default_max, Bytes{usable.count / 10 * 7});
}

}  // namespace civicum
