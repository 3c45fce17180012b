// SPDX-License-Identifier: GPL-3.0-or-later
// What becomes of a page whose reader died on it: the ladder of DESIGN §4. Pure.
//
//   image route → 250 → 200 → 150 → 100 dpi → gap; never more pixels than before; after no progress
//   at most one further rung; killed from outside: the same attempt again, with a budget of its
//   own; a failed second look keeps the first text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/page.h"
#include "base/units.h"

namespace civicum {

/// How a reader ended. KilledFromOutside: SIGKILL (or TERM, INT, HUP) that neither we nor an
/// out-of-memory event explain.
enum class WorkerEnd : std::uint8_t {
  OutOfMemory,
  Crash,
  NoProgress,
  KilledFromOutside,
  ProtocolBroken
};

inline constexpr std::uint32_t outside_kills_max = 20;

struct Attempt {
  RouteAllowed route = RouteAllowed::TextLayer;
  Dpi dpi_max;  ///< 0: no rung has set one yet
  bool is_second_look = false;
};

/// What an attempt really did, as far as its reader told before it died.
struct AttemptMade {
  Attempt attempt;
  std::optional<Route> route;  ///< empty: died before it had planned
  Dpi dpi;                     ///< of the raster; 0 before it had planned
};

struct PageHistory {
  Attempt next;
  std::uint32_t attempts = 0;  ///< started, of the page's own making
  std::uint32_t outside_kills = 0;
  std::uint32_t no_progress = 0;
  std::vector<std::string> tried;  ///< "image at 300 dpi", "200 dpi" …
};

struct Retry {
  PageHistory history;
};
struct GiveUp {
  GapReason reason = GapReason::Crash;
  std::vector<std::string> tried;
};
struct KeepFirstLook {};
using NextStep = std::variant<Retry, GiveUp, KeepFirstLook>;

/// Same history and end, same answer.
NextStep after_death(const PageHistory& history, const AttemptMade& made, WorkerEnd end);

/// What the kernel counted in the reader's cage: whether it ended it for memory, and for whose.
enum class MemoryKill : std::uint8_t { None, ByCage, ByHost };

/// The wait status of a reader as its end, where nobody here killed it on purpose. Exactly one of
/// the first two is set. Exit code exit_out_of_memory: the reader caught bad_alloc and said so. The
/// host's want of memory is not the page's doing.
inline constexpr int exit_out_of_memory = 12;
WorkerEnd classify_end(std::optional<int> exit_code, std::optional<int> signal,
                       MemoryKill memory_kill);

}  // namespace civicum
