// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/ladder.h"

#include <doctest/doctest.h>

#include <csignal>

using namespace civicum;

namespace {

/// The dpi of every attempt until the page is given up, when each one ends like this.
std::vector<std::uint32_t> walk(AttemptMade made, WorkerEnd end) {
  std::vector<std::uint32_t> dpis;
  PageHistory history;
  history.next = made.attempt;
  for (int i = 0; i < 50; ++i) {
    const NextStep next = after_death(history, made, end);
    const auto* retry = std::get_if<Retry>(&next);
    if (retry == nullptr) return dpis;
    history = retry->history;
    dpis.push_back(history.next.dpi_max.value);
    made = {history.next, Route::Render, history.next.dpi_max};
  }
  return dpis;
}

const AttemptMade from_image{{RouteAllowed::TextLayer, Dpi{0}, false}, Route::Image, Dpi{300}};
const AttemptMade from_render{{RouteAllowed::TextLayer, Dpi{0}, false}, Route::Render, Dpi{200}};
const AttemptMade before_plan{{RouteAllowed::TextLayer, Dpi{0}, false}, std::nullopt, Dpi{0}};

}  // namespace

TEST_CASE("a page that ends its reader goes down the ladder, never up") {
  using Dpis = std::vector<std::uint32_t>;
  CHECK(walk(from_image, WorkerEnd::OutOfMemory) == Dpis{250, 200, 150, 100});
  CHECK(walk(from_render, WorkerEnd::Crash) == Dpis{150, 100});
  CHECK(walk(before_plan, WorkerEnd::Crash) == Dpis{200, 150, 100});
  CHECK(walk({{RouteAllowed::TextLayer, Dpi{0}, false}, Route::Image, Dpi{200}},
             WorkerEnd::Crash) == Dpis{200, 150, 100});
}

TEST_CASE("without progress a page gets one more rung") {
  CHECK(walk(from_render, WorkerEnd::NoProgress) == std::vector<std::uint32_t>{150});
}

TEST_CASE("the further rung after no progress is the last, however it ends") {
  PageHistory history;
  history.no_progress = 1;
  CHECK(std::holds_alternative<GiveUp>(after_death(history, from_render, WorkerEnd::Crash)));
}

TEST_CASE("whatever a reader claimed to have done, the ladder ends") {
  const Attempt rendering{RouteAllowed::Render, Dpi{200}, false};
  for (const std::optional<Route> route :
       {std::optional<Route>(), std::optional(Route::Text), std::optional(Route::Image),
        std::optional(Route::Render), std::optional(Route::Mixed)}) {
    for (const std::uint32_t dpi : {0U, 1U, 200U, 4'000'000'000U}) {
      const NextStep next = after_death({}, {rendering, route, Dpi{dpi}}, WorkerEnd::Crash);
      const auto* retry = std::get_if<Retry>(&next);
      CHECK((retry == nullptr || retry->history.next.dpi_max < Dpi{200}));
    }
  }
}

TEST_CASE("a reader killed from outside costs no rung, twenty times") {
  PageHistory history;
  for (std::uint32_t i = 0; i < outside_kills_max; ++i) {
    const NextStep next = after_death(history, from_render, WorkerEnd::KilledFromOutside);
    REQUIRE(std::holds_alternative<Retry>(next));
    history = std::get<Retry>(next).history;
    CHECK(history.attempts == 0);
    CHECK(history.next.dpi_max == Dpi{0});
  }
  const NextStep last = after_death(history, from_render, WorkerEnd::KilledFromOutside);
  REQUIRE(std::holds_alternative<GiveUp>(last));
  CHECK(std::get<GiveUp>(last).reason == GapReason::Killed);
}

TEST_CASE("a failed second look keeps the first text") {
  const AttemptMade second{{RouteAllowed::TextLayer, Dpi{300}, true}, Route::Render, Dpi{300}};
  CHECK(std::holds_alternative<KeepFirstLook>(after_death({}, second, WorkerEnd::Crash)));
  CHECK(std::holds_alternative<Retry>(after_death({}, second, WorkerEnd::KilledFromOutside)));
}

TEST_CASE("a gap names what was tried") {
  PageHistory history;
  history.tried = {"150 dpi"};
  const AttemptMade made{{RouteAllowed::Render, Dpi{100}, false}, Route::Render, Dpi{100}};
  const NextStep next = after_death(history, made, WorkerEnd::OutOfMemory);
  REQUIRE(std::holds_alternative<GiveUp>(next));
  CHECK(std::get<GiveUp>(next).reason == GapReason::OutOfMemory);
  CHECK(std::get<GiveUp>(next).tried == std::vector<std::string>{"150 dpi", "100 dpi"});
}

TEST_CASE("an end is classified from its wait status") {
  for (const MemoryKill kill : {MemoryKill::None, MemoryKill::ByCage, MemoryKill::ByHost}) {
    const bool is_own = kill == MemoryKill::ByCage;
    CHECK(classify_end(std::nullopt, SIGKILL, kill) ==
          (is_own ? WorkerEnd::OutOfMemory : WorkerEnd::KilledFromOutside));
    CHECK(classify_end(std::nullopt, SIGTERM, kill) == WorkerEnd::KilledFromOutside);
    CHECK(classify_end(std::nullopt, SIGSEGV, kill) == WorkerEnd::Crash);
    CHECK(classify_end(exit_out_of_memory, std::nullopt, kill) == WorkerEnd::OutOfMemory);
    CHECK(classify_end(0, std::nullopt, kill) == WorkerEnd::Crash);
  }
}
