// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/deadline.h"

#include <algorithm>

namespace civicum {
namespace {

using std::chrono::milliseconds;

std::string seconds_of(milliseconds span) { return std::to_string(span.count() / 1000) + " s"; }

}  // namespace

DeadlineLimits limits_of_page_seconds(std::chrono::seconds page_seconds) {
  DeadlineLimits limits;
  const milliseconds all = page_seconds;
  if (all > limits.all_attempts) {
    const auto grown = [&](milliseconds limit) {
      return limit * all.count() / limits.all_attempts.count();
    };
    limits.without_progress = grown(limits.without_progress);
    limits.base = grown(limits.base);
    limits.wall_without_cpu = grown(limits.wall_without_cpu);
  }
  limits.all_attempts = all;
  return limits;
}

Deadline::Deadline(const DeadlineLimits& limits, milliseconds predicted, Cpu spent_before, Wall now)
    : limits_(limits), predicted_(predicted), spent_before_(spent_before), last_moved_(now) {}

void Deadline::predict(milliseconds predicted) { predicted_ = predicted; }

void Deadline::progress(Cpu used) { progress_at_ = std::max(progress_at_, used); }

void Deadline::pause(Wall now) {
  if (!paused_at_) paused_at_ = now;
}

void Deadline::resume(Wall now) {
  if (paused_at_) last_moved_ += now - *paused_at_;
  paused_at_.reset();
}

std::optional<std::string> Deadline::overrun(Cpu used, Wall now) {
  if (used > last_used_) {
    last_used_ = used;
    last_moved_ = now;
  }
  if (used - progress_at_ > limits_.without_progress) {
    return "no progress for " + seconds_of(limits_.without_progress) + " of CPU time";
  }
  const milliseconds attempt_max = limits_.base + predicted_ * limits_.predicted_factor;
  if (used > attempt_max) return "more than " + seconds_of(attempt_max) + " of CPU time";
  if (spent_before_ + used > limits_.all_attempts) {
    return "more than " + seconds_of(limits_.all_attempts) +
           " of CPU time over all attempts; --page-seconds raises it";
  }
  if (!paused_at_ && now - last_moved_ > limits_.wall_without_cpu) {
    return "stood still for " + seconds_of(limits_.wall_without_cpu);
  }
  return std::nullopt;
}

}  // namespace civicum
