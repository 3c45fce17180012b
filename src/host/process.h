// SPDX-License-Identifier: GPL-3.0-or-later
// What a process holds and has used: of a child by its parent, and of a reader by itself from
// inside its sandbox.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/units.h"
#include "host/host_root.h"
#include "os/fd.h"

namespace civicum {

struct ProcessMemory {
  std::optional<Bytes> anonymous;  ///< resident, not backed by a file
  std::optional<Bytes> swap;
  std::optional<Bytes> resident_peak;  ///< file pages included
  /// Shared pages divided among those who share them; empty where the kernel does not allow it (a
  /// sandboxed reader is not dumpable: only root may look).
  std::optional<Bytes> proportional;
};

ProcessMemory probe_process(pid_t pid, const HostRoot& root = {});

/// Anonymous, shared and swapped memory, which the kernel cannot just drop; empty once the process
/// is gone. A tenth of what probe_process() costs.
std::optional<Bytes> held_by_process(pid_t pid, const HostRoot& root = {});

/// User and system time of all threads so far; empty once the process is gone.
std::optional<std::chrono::nanoseconds> process_cpu_time(pid_t pid);

struct SelfUsage {
  Bytes anonymous_peak;  ///< since reset_peak()
  Bytes swap;
  std::uint64_t major_faults = 0;  ///< since the process began
  std::chrono::nanoseconds cpu_time{0};
};

/// Opens its files before the sandbox closes and only reads them again afterwards.
class SelfMeter {
 public:
  static Result<SelfMeter> open();

  /// Forgets the highest resident size so far. Unavailable on a kernel that cannot: the peak is
  /// then the process's, not the page's.
  Status reset_peak();
  /// The peak is what was resident at its highest minus the file and shared pages resident now:
  /// file pages hardly shrink while a reader works.
  Result<SelfUsage> read() const;

 private:
  SelfMeter(Fd status, Fd clear_refs)
      : status_(std::move(status)), clear_refs_(std::move(clear_refs)) {}
  Fd status_;
  Fd clear_refs_;
};

/// What this machine calls itself; "localhost" where it does not say.
std::string host_name();

}  // namespace civicum
