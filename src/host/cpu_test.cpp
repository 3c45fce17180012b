// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/cpu.h"

#include <doctest/doctest.h>

#include <vector>

#include "host/captured_root.h"

namespace civicum {
namespace {

const std::string v2_mounts = "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";

std::string status_allowing(const std::string& list) {
  return "Name:\tcivicum\nCpus_allowed:\tf\nCpus_allowed_list:\t" + list + "\n";
}

}  // namespace

TEST_CASE("the least of cores, affinity and quota counts, rounded down") {
  struct Row {
    CpuFacts facts;
    unsigned expected;
  };
  const std::vector<Row> rows = {
      {{}, 1},
      {{4, std::nullopt, std::nullopt}, 4},
      {{8, 2, std::nullopt}, 2},
      {{8, 4, 2.9}, 2},
      {{8, 4, 0.5}, 1},
      {{2, 2, 16.0}, 2},
      {{std::nullopt, std::nullopt, 3.99}, 3},
  };
  for (const Row& row : rows) CHECK(usable_cpu_count(row.facts) == row.expected);
}

TEST_CASE("a quota anywhere on the cgroup path is found") {
  const CapturedRoot machine{{"/sys/devices/system/cpu/online", "0-3,8-11\n"},
                             {"/proc/self/status", status_allowing("0-2,5")},
                             {"/proc/self/cgroup", "0::/a/b\n"},
                             {"/proc/self/mountinfo", v2_mounts},
                             {"/sys/fs/cgroup/a/b/cpu.max", "max 100000\n"},
                             {"/sys/fs/cgroup/a/cpu.max", "250000 100000\n"}};
  const CpuFacts facts = probe_cpu(machine.root());
  CHECK(facts.online == 8U);
  CHECK(facts.allowed == 4U);
  CHECK(facts.quota == 2.5);
  CHECK(usable_cpu_count(facts) == 2);
}

TEST_CASE("cgroup v1 quotas are read, and -1 is none") {
  const std::string mounts = "32 23 0:28 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n";
  const CapturedRoot limited{{"/proc/self/cgroup", "5:cpu,cpuacct:/box\n"},
                             {"/proc/self/mountinfo", mounts},
                             {"/sys/fs/cgroup/cpu/box/cpu.cfs_quota_us", "150000\n"},
                             {"/sys/fs/cgroup/cpu/box/cpu.cfs_period_us", "100000\n"}};
  CHECK(probe_cpu(limited.root()).quota == 1.5);
  const CapturedRoot open{{"/proc/self/cgroup", "5:cpu,cpuacct:/box\n"},
                          {"/proc/self/mountinfo", mounts},
                          {"/sys/fs/cgroup/cpu/box/cpu.cfs_quota_us", "-1\n"},
                          {"/sys/fs/cgroup/cpu/box/cpu.cfs_period_us", "100000\n"}};
  CHECK_FALSE(probe_cpu(open.root()).quota);
}

TEST_CASE("lists and quotas that make no sense are unknown") {
  for (const char* list : {"", "x", "3-1", "0-", "-2", "0-99999999", "1,,2"}) {
    CAPTURE(list);
    const CapturedRoot machine{{"/sys/devices/system/cpu/online", list},
                               {"/proc/self/status", status_allowing(list)},
                               {"/proc/self/cgroup", "0::/\n"},
                               {"/proc/self/mountinfo", v2_mounts},
                               {"/sys/fs/cgroup/cpu.max", "0 0\n"}};
    const CpuFacts facts = probe_cpu(machine.root());
    CHECK_FALSE(facts.online);
    CHECK_FALSE(facts.allowed);
    CHECK_FALSE(facts.quota);
    CHECK(usable_cpu_count(facts) == 1);
  }
}

TEST_CASE("this machine has a processor") { CHECK(usable_cpu_count(probe_cpu()) >= 1); }

}  // namespace civicum
