// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/job_fate.h"

#include <algorithm>

namespace civicum {
namespace {

using std::chrono::milliseconds;

constexpr std::uint32_t doublings_max = 12;
// Two innocent kills are an accident; from the third on the machine seems to be in need.
constexpr std::uint32_t kills_at_once = 2;

/// `first` doubled `doublings` times, within ±20 %, at most an hour.
milliseconds pause_after(milliseconds first, std::uint32_t doublings, double jitter) {
  const milliseconds pause = first * (1U << std::min(doublings, doublings_max));
  const double spread = 0.8 + 0.4 * jitter;
  const auto spread_out =
      milliseconds(static_cast<std::int64_t>(static_cast<double>(pause.count()) * spread));
  return std::min(spread_out, job_pause_max);
}

}  // namespace

JobFate fate_after(JobBudget budget, AttemptEnd end, double jitter) {
  JobFate fate{budget};
  switch (end) {
    case AttemptEnd::Released:
      break;
    case AttemptEnd::Error:
      fate.is_dead = ++fate.budget.errors >= budget.errors_max;
      fate.pause = pause_after(milliseconds(1000), fate.budget.errors, jitter);
      break;
    case AttemptEnd::Crash:
      fate.is_dead = ++fate.budget.crashes > job_crashes_max;
      break;
    case AttemptEnd::Kill:
      fate.is_dead = ++fate.budget.kills > job_kills_max;
      if (fate.budget.kills > kills_at_once) {
        fate.pause = pause_after(milliseconds(100), fate.budget.kills - kills_at_once, jitter);
      }
      break;
  }
  return fate;
}

}  // namespace civicum
