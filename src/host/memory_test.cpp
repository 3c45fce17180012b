// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/memory.h"

#include <doctest/doctest.h>

#include "host/captured_root.h"
#include "host/cgroup_path.h"

namespace civicum {
namespace {

const std::string v2_mounts =
    "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n";
const std::string hybrid_mounts =
    "24 1 0:21 / /proc rw - proc proc rw\n"
    "31 23 0:27 / /sys/fs/cgroup/memory rw shared:5 - cgroup cgroup rw,memory\n"
    "32 23 0:28 / /sys/fs/cgroup/cpu rw shared:6 - cgroup cgroup rw,cpu,cpuacct\n"
    "33 23 0:29 / /sys/fs/cgroup/unified rw shared:7 - cgroup2 cgroup2 rw\n";

std::optional<MemoryLimit> limit_of(const CapturedRoot& machine) {
  return probe_memory(machine.root()).limit;
}

}  // namespace

TEST_CASE("memory and swap are read, and what is missing stays empty") {
  const CapturedRoot machine{{"/proc/meminfo",
                              "MemTotal:       12226636 kB\nMemFree:          510004 kB\n"
                              "MemAvailable:    9102020 kB\nSwapTotal:             0 kB\n"}};
  const MemoryFacts facts = probe_memory(machine.root());
  CHECK(facts.total == kib(12'226'636));
  CHECK(facts.available == kib(9'102'020));
  CHECK(facts.swap_total == Bytes{0});
  CHECK_FALSE(facts.swap_free);
  CHECK_FALSE(facts.limit);
  CHECK(usable_memory(facts) == kib(12'226'636));
}

TEST_CASE("garbage and empty files are unknown, never zero") {
  for (const char* content :
       {"", "\n", "MemTotal:\nMemAvailable: many kB\n", "MemTotal: 12 MB\nMemAvailable: -5 kB\n",
        "MemTotal: 99999999999999999999 kB\n", "\xFF\xFE\x00MemTotal"}) {
    CAPTURE(content);
    const CapturedRoot machine{{"/proc/meminfo", content}};
    const MemoryFacts facts = probe_memory(machine.root());
    CHECK_FALSE(facts.total);
    CHECK_FALSE(facts.available);
    CHECK_FALSE(usable_memory(facts));
  }
  CHECK_FALSE(probe_memory(CapturedRoot{}.root()).total);
}

TEST_CASE("the tightest limit on the way up holds") {
  const CapturedRoot machine{
      {"/proc/self/cgroup", "0::/system.slice/civicum.service/main\n"},
      {"/proc/self/mountinfo", v2_mounts},
      {"/sys/fs/cgroup/system.slice/civicum.service/main/memory.max", "max\n"},
      {"/sys/fs/cgroup/system.slice/civicum.service/memory.max", "3221225472\n"},
      {"/sys/fs/cgroup/system.slice/memory.max", "8589934592\n"},
      {"/proc/meminfo", "MemTotal: 12226636 kB\n"}};
  const MemoryFacts facts = probe_memory(machine.root());
  CHECK(facts.limit == std::optional<MemoryLimit>(gib(3)));
  CHECK(usable_memory(facts) == gib(3));
}

TEST_CASE("max everywhere is unlimited, which is not unknown") {
  const CapturedRoot machine{{"/proc/self/cgroup", "0::/user.slice\n"},
                             {"/proc/self/mountinfo", v2_mounts},
                             {"/sys/fs/cgroup/user.slice/memory.max", "max\n"},
                             {"/proc/meminfo", "MemTotal: 4096 kB\n"}};
  CHECK(limit_of(machine) == std::optional<MemoryLimit>(Unlimited{}));
  CHECK(usable_memory(probe_memory(machine.root())) == mib(4));
  const CapturedRoot garbled{{"/proc/self/cgroup", "0::/user.slice\n"},
                             {"/proc/self/mountinfo", v2_mounts},
                             {"/sys/fs/cgroup/user.slice/memory.max", "maximum\n"}};
  CHECK_FALSE(limit_of(garbled));
}

TEST_CASE("cgroup v1 beside an empty v2 tree gives the v1 limit") {
  const std::string groups = "9:name=systemd:/\n5:cpu,cpuacct:/\n4:memory:/box/inner\n0::/\n";
  const CapturedRoot limited{
      {"/proc/self/cgroup", groups},
      {"/proc/self/mountinfo", hybrid_mounts},
      {"/sys/fs/cgroup/memory/box/inner/memory.limit_in_bytes", "9223372036854771712\n"},
      {"/sys/fs/cgroup/memory/box/memory.limit_in_bytes", "1073741824\n"},
      {"/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"}};
  CHECK(limit_of(limited) == std::optional<MemoryLimit>(gib(1)));
  const CapturedRoot open{{"/proc/self/cgroup", groups},
                          {"/proc/self/mountinfo", hybrid_mounts},
                          {"/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"}};
  CHECK(limit_of(open) == std::optional<MemoryLimit>(Unlimited{}));
}

TEST_CASE("a container's own cgroup is mounted as the root of the tree") {
  const CapturedRoot machine{
      {"/proc/self/cgroup", "4:memory:/docker/abc\n"},
      {"/proc/self/mountinfo",
       "31 23 0:27 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n"},
      {"/sys/fs/cgroup/memory/memory.limit_in_bytes", "536870912\n"}};
  CHECK(limit_of(machine) == std::optional<MemoryLimit>(mib(512)));
}

TEST_CASE("cgroup files that make no sense give no limit") {
  for (const char* groups : {"", "garbage", ":::", "4:memory\n", "0::relative\n"}) {
    CAPTURE(groups);
    const CapturedRoot machine{{"/proc/self/cgroup", groups},
                               {"/proc/self/mountinfo", v2_mounts + "x y - z\n - \n"},
                               {"/sys/fs/cgroup/memory.max", "1\n"}};
    CHECK_FALSE(limit_of(machine));
  }
}

TEST_CASE("this machine has memory") {
  const MemoryFacts facts = probe_memory();
  REQUIRE(facts.total);
  CHECK(*facts.total > mib(64));
  CHECK(facts.available);
}

}  // namespace civicum
