// SPDX-License-Identifier: GPL-3.0-or-later
// May this page start now? Predictions of everything that runs plus its own against the budget.
// Pure; the live figures of the governor come with it later.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

#include "base/units.h"

namespace civicum {

// A reader without a page, engine loaded; civicum itself. Re-fitted on our own processes;
// bench/results/read.md.
inline constexpr Bytes idle_reader_bytes = mib(25);
inline constexpr Bytes parent_bytes = mib(25);

struct AdmissionState {
  Bytes budget;  ///< of all processes together
  std::uint32_t idle_readers = 0;
  std::span<const Bytes> running;  ///< predicted peaks of the pages at work
  /// How long the oldest waiting page, not this one, has been refused. Above ageing_max nothing
  /// starts before it.
  std::chrono::milliseconds oldest_wait{0};
};
inline constexpr std::chrono::milliseconds ageing_max{10'000};

enum class Admission : std::uint8_t { Start, Wait };
/// A page alone is always started: what exceeds the budget by itself was refused by page_limit()
/// before.
Admission admit_page(const AdmissionState& state, Bytes predicted);

/// The most that one page may be predicted to take, alone at work.
Bytes page_limit(Bytes budget);

/// Readers at a time: what cores and memory allow, at least 1.
std::uint32_t default_jobs(std::uint32_t cpu_count, Bytes budget);
/// min(2 GiB, 70 % of the smaller of memory and limit).
Bytes default_memory(Bytes memory_total, std::optional<Bytes> cgroup_limit);

}  // namespace civicum
