// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/job_fate.h"

#include <doctest/doctest.h>

using namespace civicum;
using namespace std::chrono_literals;

TEST_CASE("errors are paused for ever longer, up to an hour, and end at their own maximum") {
  CHECK(fate_after({0, 5, 0, 0}, AttemptEnd::Error, 0.5).pause == 2s);
  CHECK(fate_after({3, 9, 0, 0}, AttemptEnd::Error, 0.5).pause == 16s);
  CHECK(fate_after({40, 99, 0, 0}, AttemptEnd::Error, 0.5).pause == 1h);
  CHECK(fate_after({0, 5, 0, 0}, AttemptEnd::Error, 0).pause == 1600ms);
  CHECK(fate_after({0, 5, 0, 0}, AttemptEnd::Error, 0.999).pause > 2390ms);
  CHECK_FALSE(fate_after({3, 5, 0, 0}, AttemptEnd::Error, 0).is_dead);
  CHECK(fate_after({4, 5, 0, 0}, AttemptEnd::Error, 0).is_dead);
  CHECK(fate_after({4, 5, 0, 0}, AttemptEnd::Error, 0).budget.errors == 5);
}

TEST_CASE("a third crash that the job caused is the last") {
  CHECK_FALSE(fate_after({0, 5, 1, 0}, AttemptEnd::Crash, 0).is_dead);
  CHECK(fate_after({0, 5, 2, 0}, AttemptEnd::Crash, 0).is_dead);
  CHECK(fate_after({0, 5, 0, 0}, AttemptEnd::Crash, 0).pause == 0ms);
}

TEST_CASE("twenty kills from outside are forgiven, and cost no other budget") {
  const JobFate twentieth = fate_after({4, 5, 2, 19}, AttemptEnd::Kill, 0);
  CHECK_FALSE(twentieth.is_dead);
  CHECK(twentieth.budget.errors == 4);
  CHECK(twentieth.budget.crashes == 2);
  CHECK(fate_after({0, 5, 0, 20}, AttemptEnd::Kill, 0).is_dead);
  CHECK(fate_after({0, 5, 0, 1}, AttemptEnd::Kill, 0.5).pause == 0ms);
  CHECK(fate_after({0, 5, 0, 2}, AttemptEnd::Kill, 0.5).pause == 200ms);
}

TEST_CASE("what is given back unharmed costs nothing") {
  const JobFate fate = fate_after({1, 5, 1, 1}, AttemptEnd::Released, 0.5);
  CHECK_FALSE(fate.is_dead);
  CHECK(fate.pause == 0ms);
  CHECK(fate.budget.errors == 1);
  CHECK(fate.budget.kills == 1);
}
