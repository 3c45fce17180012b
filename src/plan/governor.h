// SPDX-License-Identifier: GPL-3.0-or-later
// Which page may start now, and what is done when memory runs short all the same. Pure: the same
// facts, the same decision; the shell around it is node/governor.h.
//
// Admission asks three things: do the predictions of all that runs fit the budget, with what is
// held beyond its prediction counted as it is; has the machine (and every limit above) as much
// available as all of it may still grow; and does nobody stall for memory just now. Refusals carry
// their numbers and last only until the next look.
//
// Relief comes in an order, one step at a time with a pause in between: nothing new starts; the
// youngest page at work is paused, down to one; then a reader is ended: one that has grown beyond
// its prediction, if there is one, else the youngest that is paused. What is calm again goes on.
//
// Invariant: a page that nobody else works beside starts as soon as the machine has the memory; the
// budget alone never keeps it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/units.h"

namespace civicum {

/// Read at most 10 ms before the decision.
struct LiveMemory {
  /// By this process and its children: anonymous, shared and swapped out.
  std::optional<Bytes> held = {};
  /// The least of what the machine has (MemAvailable) and what the limits above us leave.
  std::optional<Bytes> available = {};
  /// PSI memory, full, avg10: percent of the last 10 s in which all stood still for memory.
  std::optional<double> stalled_percent = {};
};

/// A reader with a page that was let go on.
struct PageAtWork {
  std::uint64_t id = 0;  ///< larger: let go on later
  Bytes predicted = {};  ///< peak of the whole reader
  Bytes held = {};       ///< now
  bool is_paused = false;
  std::chrono::milliseconds paused_for{0};
};

/// A reader whose page is planned, and waits.
struct PageWaiting {
  std::uint64_t id = 0;
  Bytes predicted = {};
  Bytes held = {};
  std::chrono::milliseconds waited{0};
};

struct GovernorFacts {
  Bytes budget = {};  ///< of all processes together
  LiveMemory live = {};
  std::span<const PageAtWork> at_work = {};
  std::span<const PageWaiting> waiting = {};  ///< in the order in which they asked
  std::span<const Bytes> others = {};         ///< what each reader without a planned page holds
  std::chrono::milliseconds since_relief{0};  ///< since a reader was paused, ended or resumed
};

/// Why a page waits.
struct Refusal {
  enum class Why : std::uint8_t {
    Budget,   ///< free: what the budget has left
    Machine,  ///< free: what the machine has available beyond its reserve
    Stalled,  ///< the machine stands still for memory; no numbers
    Turn      ///< an older page waits: free as for that one
  };
  std::uint64_t id = 0;
  Why why = Why::Budget;
  Bytes needed = {};  ///< that its reader may still grow
  Bytes free = {};
};

struct Relief {
  enum class Act : std::uint8_t {
    Pause,
    Resume,
    End,        ///< not its own fault: the same attempt again
    EndCulprit  ///< it has grown beyond its prediction: the same again, expected to be larger
  };
  std::uint64_t id = 0;
  Act act = Act::Pause;
};

struct GovernorDecision {
  std::vector<std::uint64_t> start = {};
  std::vector<Refusal> refusals = {};  ///< one for each page that goes on waiting
  std::optional<Relief> relief = {};
};

GovernorDecision govern(const GovernorFacts& facts);

/// What stays free on the machine, whatever starts: 1/16 of the budget, 64 to 512 MiB.
Bytes memory_reserve(Bytes budget);

/// Above it the oldest waiting page is the next to start, however small the others are.
inline constexpr std::chrono::milliseconds ageing_max{10'000};

}  // namespace civicum
