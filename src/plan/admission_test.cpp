// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/admission.h"

#include <doctest/doctest.h>

using namespace civicum;

TEST_CASE("defaults follow cores, memory and the cgroup") {
  CHECK(default_memory(gib(24), std::nullopt) == gib(2));
  CHECK(default_memory(gib(24), gib(1)) < mib(720));
  CHECK(default_jobs(4, gib(2)) == 4);
  CHECK(default_jobs(4, mib(192)) == 2);
  CHECK(default_jobs(0, mib(1)) == 1);
  CHECK(page_limit(mib(10)) == Bytes{0});
}
