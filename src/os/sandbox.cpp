// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/sandbox.h"

#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include "os/fd.h"

namespace civicum {
namespace {

struct ResourceBound {
  __rlimit_resource resource;
  rlim_t value;
};

/// RLIMIT_AS and RLIMIT_DATA are not here: they make malloc return null, and the libraries then
/// carry on with wrong results.
Status bound_resources(const SandboxPolicy& policy) {
  const std::array<ResourceBound, 6> bounds = {{{RLIMIT_NOFILE, policy.fds_max},
                                                {RLIMIT_CORE, 0},
                                                {RLIMIT_MEMLOCK, 0},
                                                {RLIMIT_NPROC, 0},
                                                {RLIMIT_MSGQUEUE, 0},
                                                {RLIMIT_RTPRIO, 0}}};
  for (const ResourceBound& bound : bounds) {
    rlimit limit{};
    if (getrlimit(bound.resource, &limit) != 0) return last_os_failure("getrlimit");
    // Where less is allowed already, it stays so.
    limit.rlim_cur = limit.rlim_max = std::min(bound.value, limit.rlim_max);
    if (setrlimit(bound.resource, &limit) != 0) return last_os_failure("setrlimit");
  }
  return Done{};
}

/// The bounding set can only be emptied with CAP_SETPCAP: without it there is nothing to lose.
Status drop_capabilities() {
  for (unsigned long capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0;
       ++capability) {
    prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  }
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
  if (syscall(SYS_capset, &header, none.data()) != 0) return last_os_failure("capset");
  return Done{};
}

/// A new user namespace clears the death signal, and the parent may be gone meanwhile.
Status die_with_parent(pid_t parent_pid) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return last_os_failure("PR_SET_PDEATHSIG");
  if (getppid() != parent_pid) return Error{ErrorKind::Unavailable, "the parent has ended"};
  return Done{};
}

}  // namespace

std::string name_of(const SandboxLevel& level) {
  std::string name;
  const auto add = [&name](bool holds, const char* layer) {
    if (!holds) return;
    if (!name.empty()) name += '+';
    name += layer;
  };
  add(level.has_own_network, "netns");
  add(level.has_landlock, "landlock");
  add(level.has_seccomp, "seccomp");
  return name.empty() ? "rlimits" : name;
}

bool enter_empty_network() {
  if (unshare(CLONE_NEWNET) == 0) return true;
  // Without privilege a user namespace brings it. No user is mapped: files are checked against the
  // real one all the same.
  return unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0;
}

Result<SandboxLevel> enter_sandbox(const SandboxPolicy& policy) {
  SandboxLevel level;
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return last_os_failure("PR_SET_NO_NEW_PRIVS");
  level.has_own_network = enter_empty_network();
  level.has_landlock = restrict_paths(policy.readable_paths);
  TRY(bound_resources(policy));
  TRY(drop_capabilities());
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return last_os_failure("PR_SET_DUMPABLE");
  TRY(die_with_parent(policy.parent_pid));
  // From here on only the system calls of the list.
  level.has_seccomp = filter_system_calls();
  return level;
}

}  // namespace civicum
