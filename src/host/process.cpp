// SPDX-License-Identifier: GPL-3.0-or-later
// Formats: proc(5) for status, smaps_rollup and clear_refs.
#include "host/process.h"

#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <ctime>
#include <string>

namespace civicum {
namespace {

constexpr std::size_t status_bytes_max = std::size_t{16} << 10;

std::optional<std::chrono::nanoseconds> read_clock(clockid_t clock) {
  timespec time{};
  if (clock_gettime(clock, &time) != 0) return std::nullopt;
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

Result<Bytes> require_kilobytes(std::string_view status, std::string_view name) {
  const std::optional<Bytes> value = find_kilobytes(status, name);
  if (!value) return Error{ErrorKind::Unavailable, "/proc/self/status lacks " + std::string(name)};
  return *value;
}

}  // namespace

ProcessMemory probe_process(pid_t pid, const HostRoot& root) {
  const std::string folder = "/proc/" + std::to_string(pid);
  ProcessMemory memory;
  if (const auto status = root.read(folder + "/status")) {
    memory.anonymous = find_kilobytes(*status, "RssAnon");
    memory.swap = find_kilobytes(*status, "VmSwap");
    memory.resident_peak = find_kilobytes(*status, "VmHWM");
  }
  if (const auto rollup = root.read(folder + "/smaps_rollup")) {
    memory.proportional = find_kilobytes(*rollup, "Pss");
  }
  return memory;
}

std::optional<Bytes> held_by_process(pid_t pid, const HostRoot& root) {
  const auto status = root.read("/proc/" + std::to_string(pid) + "/status");
  const auto anonymous = status ? find_kilobytes(*status, "RssAnon") : std::nullopt;
  if (!anonymous) return std::nullopt;
  return *anonymous + find_kilobytes(*status, "RssShmem").value_or(Bytes{}) +
         find_kilobytes(*status, "VmSwap").value_or(Bytes{});
}

std::optional<std::chrono::nanoseconds> process_cpu_time(pid_t pid) {
  clockid_t clock = 0;
  if (clock_getcpuclockid(pid, &clock) != 0) return std::nullopt;
  return read_clock(clock);
}

Result<SelfMeter> SelfMeter::open() {
  Fd status = TRY(open_file("/proc/self/status", O_RDONLY));
  Result<Fd> clear_refs = open_file("/proc/self/clear_refs", O_WRONLY);
  return SelfMeter(std::move(status), clear_refs ? *std::move(clear_refs) : Fd());
}

Status SelfMeter::reset_peak() {
  if (!clear_refs_) return Error{ErrorKind::Unavailable, "no /proc/self/clear_refs here"};
  // 5: "reset the peak resident set size to the current one".
  return write_all(clear_refs_.get(), "5");
}

Result<SelfUsage> SelfMeter::read() const {
  std::array<char, status_bytes_max> buffer{};
  const std::size_t size = TRY(pread_all(status_.get(), buffer, 0));
  const std::string_view status(buffer.data(), size);
  const Bytes peak = TRY(require_kilobytes(status, "VmHWM"));
  const Bytes file = TRY(require_kilobytes(status, "RssFile"));
  const Bytes shared = TRY(require_kilobytes(status, "RssShmem"));
  SelfUsage usage;
  usage.anonymous_peak = peak - file - shared;
  usage.swap = TRY(require_kilobytes(status, "VmSwap"));
  rusage resources{};
  if (getrusage(RUSAGE_SELF, &resources) != 0) return last_os_failure("getrusage");
  usage.major_faults = static_cast<std::uint64_t>(resources.ru_majflt);
  const std::optional<std::chrono::nanoseconds> time = read_clock(CLOCK_PROCESS_CPUTIME_ID);
  if (!time) return last_os_failure("clock_gettime");
  usage.cpu_time = *time;
  return usage;
}

std::string host_name() {
  std::array<char, HOST_NAME_MAX + 1> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

}  // namespace civicum
