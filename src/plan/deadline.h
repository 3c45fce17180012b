// SPDX-License-Identifier: GPL-3.0-or-later
// When a request has taken too long: the rules of DESIGN §4, in the reader's own CPU time because
// readers are starved on purpose. Pure: the caller brings CPU time and wall time, and acts on the
// verdict.
//
//   10 s of CPU without progress · 20 s + 3 × prediction of CPU in all · 60 s of CPU over all
//   attempts (page_seconds) · 60 s of wall time in which it was free to run and used no CPU
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>

namespace civicum {

struct DeadlineLimits {
  std::chrono::milliseconds without_progress{10'000};
  std::chrono::milliseconds base{20'000};
  int predicted_factor = 3;
  std::chrono::milliseconds all_attempts{60'000};
  std::chrono::milliseconds wall_without_cpu{60'000};
};

/// --page-seconds N: N s for all attempts; the other limits grow in proportion where N is above 60.
DeadlineLimits limits_of_page_seconds(std::chrono::seconds page_seconds);

class Deadline {
 public:
  using Cpu = std::chrono::nanoseconds;  ///< of the reader since the request began
  using Wall = std::chrono::steady_clock::time_point;

  /// `spent_before`: CPU time of earlier attempts at the same page.
  Deadline(const DeadlineLimits& limits, std::chrono::milliseconds predicted, Cpu spent_before,
           Wall now);

  void predict(std::chrono::milliseconds predicted);
  void progress(Cpu used);
  /// While paused (waiting for memory, frozen) wall time does not count.
  void pause(Wall now);
  void resume(Wall now);

  /// The sentence says which rule and its number: "no progress for 10 s of CPU time".
  std::optional<std::string> overrun(Cpu used, Wall now);

 private:
  DeadlineLimits limits_;
  std::chrono::milliseconds predicted_;
  Cpu spent_before_;
  Cpu progress_at_{0};
  Cpu last_used_{0};
  Wall last_moved_;
  std::optional<Wall> paused_at_;
};

}  // namespace civicum
