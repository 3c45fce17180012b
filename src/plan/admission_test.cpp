// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/admission.h"

#include <doctest/doctest.h>

#include <vector>

using namespace civicum;
using namespace std::chrono_literals;

TEST_CASE("a page starts while everything predicted fits the budget") {
  const std::vector<Bytes> running = {mib(60)};
  const AdmissionState state{mib(200), 1, running, 0ms};
  CHECK(admit_page(state, mib(90)) == Admission::Start);
  CHECK(admit_page(state, mib(91)) == Admission::Wait);
}

TEST_CASE("a page alone always starts") {
  CHECK(admit_page({mib(100), 3, {}, 0ms}, mib(90)) == Admission::Start);
}

TEST_CASE("nothing overtakes a page that has waited long") {
  const std::vector<Bytes> running = {mib(40)};
  CHECK(admit_page({gib(2), 0, running, 11s}, mib(40)) == Admission::Wait);
}

TEST_CASE("defaults follow cores, memory and the cgroup") {
  CHECK(default_memory(gib(24), std::nullopt) == gib(2));
  CHECK(default_memory(gib(24), gib(1)) < mib(720));
  CHECK(default_jobs(4, gib(2)) == 4);
  CHECK(default_jobs(4, mib(192)) == 2);
  CHECK(default_jobs(0, mib(1)) == 1);
  CHECK(page_limit(mib(10)) == Bytes{0});
}
