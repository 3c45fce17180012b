// SPDX-License-Identifier: GPL-3.0-or-later
// What a budget allows before anything runs: how much one page may take, and how many readers
// make sense. Pure. Whether a page may start now is governor.h's.
#pragma once

#include <cstdint>
#include <optional>

#include "base/units.h"

namespace civicum {

// A reader without a page, engine loaded; civicum itself. Re-fitted on our own processes;
// bench/results/read.md.
inline constexpr Bytes idle_reader_bytes = mib(25);
inline constexpr Bytes parent_bytes = mib(25);

/// The most that one page may be predicted to take, alone at work.
Bytes page_limit(Bytes budget);

/// Readers at a time: what cores and memory allow, at least 1.
std::uint32_t default_jobs(std::uint32_t cpu_count, Bytes budget);
/// min(2 GiB, 70 % of the smaller of memory and limit).
Bytes default_memory(Bytes memory_total, std::optional<Bytes> cgroup_limit);

}  // namespace civicum
