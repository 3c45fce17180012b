// SPDX-License-Identifier: GPL-3.0-or-later
// How much memory may still be taken, read again and again: where to look is found out once.
#pragma once

#include <optional>

#include "base/units.h"
#include "host/cgroup_path.h"
#include "host/host_root.h"

namespace civicum {

class MemoryGauge {
 public:
  explicit MemoryGauge(HostRoot root = {});

  /// The least of the machine's MemAvailable and what each limit above this process leaves: page
  /// cache counts as free, because the kernel gives it up.
  std::optional<Bytes> available() const;
  /// PSI memory, full, avg10 of the whole machine, in percent; empty on a kernel without PSI.
  std::optional<double> stalled_percent() const;

 private:
  std::optional<Bytes> left_in(const std::string& folder) const;

  HostRoot root_;
  std::optional<CgroupPath> cgroup_;
};

}  // namespace civicum
