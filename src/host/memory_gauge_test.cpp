// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/memory_gauge.h"

#include <doctest/doctest.h>

#include "host/captured_root.h"

namespace civicum {
namespace {

const std::string v2_mounts =
    "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n";
const std::string v1_mounts =
    "31 23 0:27 / /sys/fs/cgroup/memory rw shared:5 - cgroup cgroup rw,memory\n";

}  // namespace

TEST_CASE("what is available is the least of the machine's and what each limit above leaves") {
  const CapturedRoot machine{
      {"/proc/meminfo", "MemTotal: 12000000 kB\nMemAvailable: 8388608 kB\n"},
      {"/proc/self/cgroup", "0::/a.slice/b.service\n"},
      {"/proc/self/mountinfo", v2_mounts},
      {"/sys/fs/cgroup/a.slice/b.service/memory.max", "max\n"},
      {"/sys/fs/cgroup/a.slice/b.service/memory.current", "500\n"},
      {"/sys/fs/cgroup/a.slice/b.service/memory.stat", "anon 500\n"},
      {"/sys/fs/cgroup/a.slice/memory.max", "1073741824\n"},
      {"/sys/fs/cgroup/a.slice/memory.current", "900000000\n"},
      {"/sys/fs/cgroup/a.slice/memory.stat",
       "anon 300000000\nfile 600000000\ninactive_file 400000000\nactive_file 200000000\n"}};
  CHECK(MemoryGauge(machine.root()).available() == Bytes{1'073'741'824 - 300'000'000});
}

TEST_CASE("cgroup v1 counts what is below, and a limit that is used up leaves nothing") {
  const CapturedRoot machine{
      {"/proc/meminfo", "MemAvailable: 8388608 kB\n"},
      {"/proc/self/cgroup", "4:memory:/box\n"},
      {"/proc/self/mountinfo", v1_mounts},
      {"/sys/fs/cgroup/memory/box/memory.limit_in_bytes", "536870912\n"},
      {"/sys/fs/cgroup/memory/box/memory.usage_in_bytes", "536870912\n"},
      {"/sys/fs/cgroup/memory/box/memory.stat",
       "inactive_file 7\nactive_file 7\ntotal_inactive_file 1000\ntotal_active_file 24\n"}};
  CHECK(MemoryGauge(machine.root()).available() == Bytes{1024});
}

TEST_CASE("without limits the machine's own figure holds, and without anything nothing is known") {
  const CapturedRoot machine{{"/proc/meminfo", "MemAvailable: 1024 kB\n"}};
  CHECK(MemoryGauge(machine.root()).available() == mib(1));
  CHECK_FALSE(MemoryGauge(CapturedRoot{}.root()).available());
  const CapturedRoot garbage{{"/proc/meminfo", "MemAvailable: much\n"}};
  CHECK_FALSE(MemoryGauge(garbage.root()).available());
}

TEST_CASE("the share of time in which all stand still is read where the kernel tells it") {
  const CapturedRoot machine{{"/proc/pressure/memory",
                              "some avg10=40.10 avg60=9.00 avg300=2.00 total=1\n"
                              "full avg10=12.50 avg60=3.00 avg300=1.00 total=1\n"}};
  CHECK(MemoryGauge(machine.root()).stalled_percent() == doctest::Approx(12.5));
  CHECK_FALSE(MemoryGauge(CapturedRoot{}.root()).stalled_percent());
  const CapturedRoot garbage{{"/proc/pressure/memory", "full avg10=\n"}};
  CHECK_FALSE(MemoryGauge(garbage.root()).stalled_percent());
}

TEST_CASE("on this machine something is available") {
  CHECK(MemoryGauge().available().value_or(Bytes{}) > mib(16));
}

}  // namespace civicum
