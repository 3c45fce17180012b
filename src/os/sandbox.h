// SPDX-License-Identifier: GPL-3.0-or-later
// What a process gives up before it looks at a hostile document. Called by the reader itself, while
// it has one thread and after everything it needs has been opened. There is no way back.
//
// Layers, each taken where the kernel has it and left out where not:
//   netns     a network namespace of its own with nothing in it
//   landlock  file access by path: only reading below `readable_paths`; no TCP, no abstract unix
//             sockets, no signals to others (Landlock ABI 1 to 7)
//   seccomp   system calls outside a list answer EPERM (os/system_call_filter.cpp)
// Always: no new privileges, no capabilities, not dumpable, small rlimits, death with the parent.
// A cgroup is put around the process by its parent.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/result.h"

namespace civicum {

struct SandboxPolicy {
  std::vector<std::string> readable_paths;  ///< files and folders; missing ones are skipped
  pid_t parent_pid = 0;                     ///< as seen by this process
  unsigned fds_max = 64;                    ///< RLIMIT_NOFILE
};

struct SandboxLevel {
  bool has_own_network = false;
  bool has_landlock = false;
  bool has_seccomp = false;
};

/// "netns+landlock+seccomp", or those of them that hold; "rlimits" where none does.
std::string name_of(const SandboxLevel& level);

/// Unavailable where the parent has died already; any other error means that a step failed which
/// every kernel has: the caller must not go on.
Result<SandboxLevel> enter_sandbox(const SandboxPolicy& policy);

/// The three layers apart, for tests and for processes that need only some. False where the kernel
/// lacks the layer or does not allow it. Landlock and seccomp need no_new_privs or privilege.
bool enter_empty_network();
bool restrict_paths(const std::vector<std::string>& readable_paths);
bool filter_system_calls();

/// The Landlock ABI of this kernel; 0: none.
int landlock_abi();

}  // namespace civicum
