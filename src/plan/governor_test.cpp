// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/governor.h"

#include <doctest/doctest.h>

#include <string>

using namespace civicum;
using namespace std::chrono_literals;

namespace {

using Ids = std::vector<std::uint64_t>;

/// A machine with room, on which nothing happened lately.
struct Scene {
  Bytes budget = mib(1024);
  LiveMemory live = {{}, gib(8), 0.0};
  std::vector<PageAtWork> at_work = {};
  std::vector<PageWaiting> waiting = {};
  std::vector<Bytes> others = {};
  std::chrono::milliseconds since_relief = 1h;

  GovernorDecision decide() const {
    return govern({budget, live, at_work, waiting, others, since_relief});
  }
  Ids started() const { return decide().start; }
  /// "pause 3", or "".
  std::string relief() const {
    const auto relief = decide().relief;
    if (!relief) return "";
    const char* names[] = {"pause ", "resume ", "end ", "end culprit "};
    return names[static_cast<int>(relief->act)] + std::to_string(relief->id);
  }
  std::string why() const {
    std::string text;
    for (const Refusal& refusal : decide().refusals) {
      const char* names[] = {"budget", "machine", "stalled", "turn"};
      text += (text.empty() ? "" : " ") + std::string(names[static_cast<int>(refusal.why)]);
    }
    return text;
  }
};

PageAtWork running(std::uint64_t id, Bytes predicted, Bytes held) { return {id, predicted, held}; }
PageAtWork paused(std::uint64_t id, Bytes held, std::chrono::milliseconds since = 1s) {
  return {id, held, held, true, since};
}
PageWaiting page(std::uint64_t id, Bytes predicted, std::chrono::milliseconds waited = 0ms) {
  return {id, predicted, mib(25), waited};
}

}  // namespace

TEST_CASE("pages start in their order while the predictions of all fit the budget") {
  // 25 of civicum, 25 of each reader whose page waits, then what each page adds to its reader.
  Scene scene{.budget = mib(25 + 100 + 50 + 25)};
  scene.waiting = {page(1, mib(100)), page(2, mib(50)), page(3, mib(40))};
  CHECK(scene.started() == Ids{1, 2});
  CHECK(scene.why() == "budget");
  scene.budget = mib(25 + 100 + 50 + 40);
  CHECK(scene.started() == Ids{1, 2, 3});
}

TEST_CASE("what is held beyond its prediction counts as it is, and what is not yet held too") {
  Scene scene{.budget = mib(300)};
  scene.waiting = {page(2, mib(100))};
  scene.at_work = {running(1, mib(150), mib(40))};
  CHECK(scene.started() == Ids{2});
  scene.at_work = {running(1, mib(150), mib(180))};
  CHECK(scene.started() == Ids{});
  CHECK(scene.why() == "budget");
}

TEST_CASE("memory that civicum itself has taken counts, and idle readers do") {
  Scene scene{.budget = mib(300)};
  scene.waiting = {page(2, mib(100))};
  scene.at_work = {running(1, mib(100), mib(90))};
  CHECK(scene.started() == Ids{2});
  scene.live.held = mib(90 + 25 + 120);  // 120 of civicum where 25 are expected
  CHECK(scene.started() == Ids{});
  scene.live.held.reset();
  scene.others = {mib(25), mib(60)};
  CHECK(scene.started() == Ids{});
}

TEST_CASE("a page alone starts whatever the budget says, but not without memory") {
  Scene scene{.budget = mib(100)};
  scene.waiting = {page(1, mib(500))};
  CHECK(scene.started() == Ids{1});
  scene.live.available = mib(400);
  CHECK(scene.started() == Ids{});
  CHECK(scene.why() == "machine");
  scene.live.available.reset();
  CHECK(scene.started() == Ids{1});
}

TEST_CASE("what those at work may still take is not available to others") {
  Scene scene;
  scene.waiting = {page(2, mib(100))};
  scene.at_work = {running(1, mib(400), mib(50))};
  scene.live.available = mib(64 + 350 + 75);
  CHECK(scene.started() == Ids{2});
  scene.live.available = mib(64 + 350 + 74);
  CHECK(scene.started() == Ids{});
  const Refusal refusal = scene.decide().refusals.at(0);
  CHECK(refusal.needed == mib(75));
  CHECK(refusal.free == mib(74));
}

TEST_CASE("a small page does not pass one that has waited long") {
  Scene scene{.budget = mib(200)};
  scene.at_work = {running(1, mib(60), mib(60))};
  scene.waiting = {page(2, mib(190), 1s), page(3, mib(60))};
  CHECK(scene.started() == Ids{3});
  scene.waiting = {page(2, mib(190), 11s), page(3, mib(60))};
  CHECK(scene.started() == Ids{});
  CHECK(scene.why() == "budget turn");
}

TEST_CASE("nothing starts beside others while the machine stands still for memory") {
  Scene scene;
  scene.live.stalled_percent = 6;
  scene.waiting = {page(2, mib(60))};
  scene.at_work = {running(1, mib(60), mib(60))};
  CHECK(scene.started() == Ids{});
  CHECK(scene.why() == "stalled");
  scene.at_work.clear();
  CHECK(scene.started() == Ids{2});
}

TEST_CASE("short of memory the youngest is paused, one at a time, down to one") {
  Scene scene;
  scene.live.available = mib(20);
  scene.at_work = {running(1, mib(60), mib(60)), running(2, mib(60), mib(60)),
                   running(3, mib(60), mib(60))};
  CHECK(scene.relief() == "pause 3");
  scene.since_relief = 100ms;
  CHECK(scene.relief() == "");
  scene.since_relief = 1h;
  scene.at_work = {running(1, mib(60), mib(60)), paused(2, mib(60)), paused(3, mib(60))};
  CHECK(scene.relief() == "end 3");
  scene.at_work = {running(1, mib(60), mib(60))};
  CHECK(scene.relief() == "");
}

TEST_CASE("who has grown beyond its prediction is ended, not who is largest") {
  Scene scene;
  scene.live.available = mib(20);
  scene.at_work = {running(1, mib(60), mib(150)), paused(2, mib(400))};
  CHECK(scene.relief() == "end culprit 1");
  scene.at_work = {running(1, mib(60), mib(60)), {2, mib(60), mib(300), true, 1s}};
  CHECK(scene.relief() == "end culprit 2");
  scene.at_work = {running(1, mib(400), mib(410))};
  CHECK(scene.relief() == "");
}

TEST_CASE("each sign of shortness is enough") {
  Scene scene;
  scene.at_work = {running(1, mib(60), mib(60)), running(2, mib(60), mib(60))};
  CHECK(scene.relief() == "");
  scene.live.stalled_percent = 25;
  CHECK(scene.relief() == "pause 2");
  scene.live.stalled_percent = 0;
  scene.live.held = mib(1100);
  CHECK(scene.relief() == "pause 2");
  scene.live.held = mib(1050);  // beyond the budget, but not by much
  CHECK(scene.relief() == "");
}

TEST_CASE("nobody is resumed before it is calm, and nothing new starts before") {
  Scene scene;
  scene.at_work = {running(1, mib(60), mib(60)), paused(2, mib(60)), paused(3, mib(60))};
  scene.waiting = {page(4, mib(60))};
  scene.live.available = mib(50);  // neither short nor calm
  CHECK(scene.relief() == "");
  CHECK(scene.started() == Ids{});
  CHECK(scene.why() == "machine");
  scene.live.available = gib(1);
  CHECK(scene.relief() == "resume 2");
  CHECK(scene.started() == Ids{});
}

TEST_CASE("the last one is resumed where nobody else runs, and none keeps its memory for ever") {
  Scene scene;
  scene.live.available = mib(50);
  scene.at_work = {paused(1, mib(60))};
  CHECK(scene.relief() == "resume 1");
  scene.at_work = {running(1, mib(60), mib(60)), paused(2, mib(60), 31s)};
  CHECK(scene.relief() == "end 2");
}

TEST_CASE("a refusal does not outlast its cause") {
  Scene scene{.budget = mib(150)};
  scene.at_work = {running(1, mib(100), mib(90))};
  scene.waiting = {page(2, mib(100), 1h)};
  CHECK(scene.started() == Ids{});
  scene.at_work.clear();
  CHECK(scene.started() == Ids{2});
}

TEST_CASE("the decision is the same for any order of facts that means the same") {
  Scene scene;
  scene.live.available = mib(20);
  scene.at_work = {running(1, mib(60), mib(60)), running(2, mib(60), mib(60))};
  const std::string before = scene.relief();
  std::swap(scene.at_work[0], scene.at_work[1]);
  CHECK(scene.relief() == before);
}
