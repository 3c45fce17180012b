// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/ladder.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <utility>

namespace civicum {
namespace {

constexpr std::array rungs = {Dpi{250}, Dpi{200}, Dpi{150}, Dpi{100}};
// The first OCR of a page whose text layer ended its reader: as few pixels as usual.
constexpr Dpi first_rung_after_text{200};
constexpr std::uint32_t no_progress_rungs_max = 1;

std::string name_attempt(const AttemptMade& made) {
  if (!made.route) {
    return made.attempt.route == RouteAllowed::TextLayer && made.attempt.dpi_max.value == 0
               ? "before its plan"
               : "before its plan, at most " + std::to_string(made.attempt.dpi_max.value) + " dpi";
  }
  const std::string dpi = std::to_string(made.dpi.value) + " dpi";
  return *made.route == Route::Image ? "image at " + dpi : dpi;
}

/// The next rung with fewer pixels than `dpi`, or none.
std::optional<Dpi> rung_below(Dpi dpi) {
  const auto* found =
      std::find_if(rungs.begin(), rungs.end(), [dpi](Dpi rung) { return rung < dpi; });
  return found != rungs.end() ? std::optional(*found) : std::nullopt;
}

std::optional<Attempt> next_attempt(const AttemptMade& made) {
  if (made.attempt.route == RouteAllowed::Render) {
    // Whatever the reader claimed to have done: from a rendering it only goes down, so the ladder
    // ends.
    const Dpi bound = made.attempt.dpi_max;
    const std::optional<Dpi> rung =
        rung_below(made.dpi.value != 0 ? std::min(made.dpi, bound) : bound);
    return rung ? std::optional(Attempt{RouteAllowed::Render, *rung, false}) : std::nullopt;
  }
  if (!made.route && made.attempt.route == RouteAllowed::TextLayer) {
    return Attempt{RouteAllowed::Render, first_rung_after_text, false};
  }
  if (made.route == Route::Image) {
    return Attempt{RouteAllowed::Render, std::min(made.dpi, rungs.front()), false};
  }
  const Dpi had = made.dpi.value != 0 ? made.dpi : made.attempt.dpi_max;
  const std::optional<Dpi> rung = rung_below(had);
  if (!rung) return std::nullopt;
  return Attempt{RouteAllowed::Render, *rung, false};
}

GapReason reason_of(WorkerEnd end) {
  switch (end) {
    case WorkerEnd::OutOfMemory:
      return GapReason::OutOfMemory;
    case WorkerEnd::NoProgress:
      return GapReason::NoProgress;
    case WorkerEnd::KilledFromOutside:
      return GapReason::Killed;
    case WorkerEnd::Crash:
    case WorkerEnd::ProtocolBroken:
      return GapReason::Crash;
  }
  return GapReason::Crash;
}

}  // namespace

NextStep after_death(const PageHistory& history, const AttemptMade& made, WorkerEnd end) {
  PageHistory next = history;
  if (end == WorkerEnd::KilledFromOutside && ++next.outside_kills <= outside_kills_max) {
    return Retry{std::move(next)};
  }
  if (made.attempt.is_second_look) return KeepFirstLook{};
  ++next.attempts;
  next.tried.push_back(name_attempt(made));
  if (end == WorkerEnd::NoProgress) ++next.no_progress;
  const std::optional<Attempt> attempt = next_attempt(made);
  const bool had_its_further_rung = history.no_progress >= no_progress_rungs_max;
  const bool is_hopeless = end == WorkerEnd::KilledFromOutside || had_its_further_rung;
  if (!attempt || is_hopeless) return GiveUp{reason_of(end), std::move(next.tried)};
  next.next = *attempt;
  return Retry{std::move(next)};
}

WorkerEnd classify_end(std::optional<int> exit_code, std::optional<int> signal,
                       MemoryKill memory_kill) {
  if (signal == SIGKILL && memory_kill == MemoryKill::ByCage) return WorkerEnd::OutOfMemory;
  const bool is_sent =
      signal == SIGKILL || signal == SIGTERM || signal == SIGINT || signal == SIGHUP;
  if (is_sent) return WorkerEnd::KilledFromOutside;
  if (exit_code == exit_out_of_memory) return WorkerEnd::OutOfMemory;
  return WorkerEnd::Crash;
}

}  // namespace civicum
