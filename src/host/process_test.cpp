// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/process.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <memory>

#include "host/captured_root.h"
#include "os/sandbox.h"

namespace civicum {
namespace {

/// Touches `size` bytes, a page at a time, and gives them back to the kernel.
void burst(std::size_t size) {
  const std::unique_ptr<volatile char[]> memory(new volatile char[size]);
  for (std::size_t i = 0; i < size; i += 4096) memory[i] = 1;
}

/// In a sandboxed process: does the meter see a burst of 64 MiB, and forget it when told?
int measure_inside_sandbox(pid_t parent) {
  Result<SelfMeter> meter = SelfMeter::open();
  SandboxPolicy policy;
  policy.parent_pid = parent;
  if (!meter || !enter_sandbox(policy)) return 1;
  const Result<SelfUsage> before = meter->read();
  burst(std::size_t{64} << 20);
  const Result<SelfUsage> after = meter->read();
  if (!before || !after) return 2;
  if (after->anonymous_peak < before->anonymous_peak + mib(60)) return 3;
  if (after->cpu_time < before->cpu_time) return 4;
  if (!meter->reset_peak()) return 5;
  const Result<SelfUsage> reset = meter->read();
  if (!reset) return 6;
  // Sanitizers keep what was freed, and the kernel's counters are exact to some pages per core.
  return reset->anonymous_peak <= after->anonymous_peak + mib(4) ? 0 : 7;
}

}  // namespace

TEST_CASE("a process's memory is read from its files") {
  const CapturedRoot machine{
      {"/proc/42/status", "Name:\tx\nVmHWM:\t  90000 kB\nRssAnon:\t  51200 kB\nVmSwap:\t 0 kB\n"},
      {"/proc/42/smaps_rollup", "55 7f rollup\nRss: 800 kB\nPss:  600 kB\nPss_Anon: 500 kB\n"},
      {"/proc/43/status", ""}};
  const ProcessMemory memory = probe_process(42, machine.root());
  CHECK(memory.resident_peak == kib(90'000));
  CHECK(memory.anonymous == mib(50));
  CHECK(memory.swap == Bytes{0});
  CHECK(memory.proportional == kib(600));
  for (const pid_t pid : {43, 44}) {
    const ProcessMemory unknown = probe_process(pid, machine.root());
    CHECK_FALSE(unknown.anonymous);
    CHECK_FALSE(unknown.swap);
    CHECK_FALSE(unknown.resident_peak);
    CHECK_FALSE(unknown.proportional);
  }
}

TEST_CASE("CPU time grows while a process works and is unknown once it is gone") {
  const auto first = process_cpu_time(getpid());
  REQUIRE(first);
  volatile unsigned sink = 0;
  for (unsigned i = 0; i < 5'000'000; ++i) sink = sink + i;
  CHECK(*process_cpu_time(getpid()) > *first);
  const pid_t pid = fork();
  REQUIRE(pid >= 0);
  if (pid == 0) _exit(0);
  waitpid(pid, nullptr, 0);
  CHECK_FALSE(process_cpu_time(pid));
}

TEST_CASE("a reader measures itself from inside its sandbox") {
  const pid_t self = getpid();
  const pid_t pid = fork();
  REQUIRE(pid >= 0);
  if (pid == 0) _exit(measure_inside_sandbox(self));
  int status = 0;
  waitpid(pid, &status, 0);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

}  // namespace civicum
