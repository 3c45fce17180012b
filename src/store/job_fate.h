// SPDX-License-Identifier: GPL-3.0-or-later
// What becomes of a job after an attempt that did not finish it. Pure.
//
// Three budgets, because three things can be to blame: errors that the attempt answered with (the
// job's own `errors_max`, with a growing pause), crashes that the job caused (few: it will crash
// again), and kills from outside (many: the job is innocent).
#pragma once

#include <chrono>
#include <cstdint>

namespace civicum {

inline constexpr std::uint32_t job_crashes_max = 2;
inline constexpr std::uint32_t job_kills_max = 20;
inline constexpr std::chrono::milliseconds job_pause_max = std::chrono::hours(1);

/// How an attempt ended. Released: given back unharmed, as its worker stops.
enum class AttemptEnd : std::uint8_t { Error, Crash, Kill, Released };

struct JobBudget {
  std::uint32_t errors = 0;
  std::uint32_t errors_max = 5;
  std::uint32_t crashes = 0;
  std::uint32_t kills = 0;
};

struct JobFate {
  JobBudget budget;                    ///< with this attempt counted
  bool is_dead = false;                ///< a budget is used up
  std::chrono::milliseconds pause{0};  ///< before the next attempt
};

/// `jitter`, 0 <= x < 1, spreads the pauses of what failed together.
JobFate fate_after(JobBudget budget, AttemptEnd end, double jitter);

}  // namespace civicum
