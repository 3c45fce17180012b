// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/deadline.h"

#include <doctest/doctest.h>

using namespace civicum;
using namespace std::chrono_literals;

namespace {

const Deadline::Wall start{};

Deadline page(std::chrono::milliseconds predicted = 0ms, Deadline::Cpu spent = 0s) {
  return {DeadlineLimits{}, predicted, spent, start};
}

}  // namespace

TEST_CASE("ten seconds of CPU without progress end a page, progress renews them") {
  Deadline deadline = page();
  CHECK_FALSE(deadline.overrun(9s, start + 9s));
  CHECK(deadline.overrun(11s, start + 11s)->find("no progress for 10 s") == 0);
  deadline.progress(5s);
  CHECK_FALSE(deadline.overrun(14s, start + 14s));
}

TEST_CASE("a page may take 20 s and three times its prediction") {
  Deadline deadline = page(4s);
  deadline.progress(30s);
  CHECK_FALSE(deadline.overrun(31s, start + 31s));
  deadline.predict(1s);
  CHECK(deadline.overrun(31s, start + 31s)->find("more than 23 s") == 0);
}

TEST_CASE("all attempts together end at 60 s") {
  Deadline deadline = page(100s, 55s);
  deadline.progress(4s);
  CHECK_FALSE(deadline.overrun(4s, start + 4s));
  CHECK(deadline.overrun(6s, start + 6s)->find("over all attempts") != std::string::npos);
}

TEST_CASE("a starved reader is not blamed, one that stands still is, a paused one is not") {
  Deadline deadline = page();
  CHECK_FALSE(deadline.overrun(1ms, start + 59s));
  CHECK_FALSE(deadline.overrun(2ms, start + 118s));
  CHECK(deadline.overrun(2ms, start + 200s)->find("stood still") == 0);
  Deadline paused = page();
  paused.pause(start);
  CHECK_FALSE(paused.overrun(0s, start + 500s));
  paused.resume(start + 500s);
  CHECK_FALSE(paused.overrun(0s, start + 550s));
  CHECK(paused.overrun(0s, start + 561s));
}

TEST_CASE("page seconds raise every limit in proportion and lower only the sum") {
  const DeadlineLimits more = limits_of_page_seconds(120s);
  CHECK(more.without_progress == 20s);
  CHECK(more.all_attempts == 120s);
  const DeadlineLimits less = limits_of_page_seconds(5s);
  CHECK(less.without_progress == 10s);
  CHECK(less.all_attempts == 5s);
}
