// SPDX-License-Identifier: GPL-3.0-or-later
// A child process as an owned value, held by pidfd. A child dies with its owner: by the destructor,
// and by the death signal of the kernel when the spawning thread ends.
//
// Invariant: between clone and exec the child makes bare system calls only, so a parent with other
// threads may spawn; nothing but the descriptors named in the request reaches the new program.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "os/fd.h"

namespace civicum {

struct Exited {
  int code = 0;
  friend constexpr bool operator==(const Exited&, const Exited&) = default;
};
struct Signalled {
  int signal = 0;
  bool has_dumped_core = false;
  friend constexpr bool operator==(const Signalled&, const Signalled&) = default;
};
using WaitStatus = std::variant<Exited, Signalled>;

/// `from` is borrowed until spawn returns; `to` is its number in the child, 3 or above.
struct PassedFd {
  int from = -1;
  int to = -1;
};

/// Where the child's standard error goes. Standard input and output are always /dev/null.
enum class ChildStderr : std::uint8_t { Null, Inherit };

struct SpawnRequest {
  std::string program;                           ///< path; PATH is not searched
  std::vector<std::string> args;                 ///< without the program's own name
  std::vector<std::string> inherited_variables;  ///< names; nothing else is inherited
  std::vector<std::string> environment;          ///< additions, "NAME=value"
  std::vector<PassedFd> descriptors;
  /// Of cgroup.procs files that the child goes into before exec; borrowed (Cage::procs_fds()).
  std::vector<int> cgroup_procs;
  ChildStderr stderr_to = ChildStderr::Null;
  std::optional<int> oom_score_adj;  ///< best effort: a value that is refused is left as it was
  int death_signal = 9;              ///< when the spawning thread ends
};

class Child {
 public:
  /// Blocks until exec has happened; NotFound or Denied where the program cannot be run. The
  /// calling thread must outlive the child: the death signal is bound to the thread. The child
  /// leads a session of its own (Ctrl-C does not reach it), stands in "/", has no blocked or
  /// ignored signals.
  static Result<Child> spawn(const SpawnRequest& request);

  Child(Child&&) noexcept = default;
  Child& operator=(Child&& other) noexcept {
    Child(std::move(other)).swap(*this);
    return *this;
  }
  /// Kills and reaps what still runs.
  ~Child();

  pid_t pid() const { return pid_; }
  /// Becomes readable when the child ends.
  int pidfd() const { return pidfd_.get(); }
  /// No effect on a child that has ended, all three.
  void kill();
  void stop();  ///< it stands still until resume(); kill() ends it all the same
  void resume();
  /// Blocks until the child ends; the same answer again afterwards.
  Result<WaitStatus> wait();

 private:
  Child(pid_t pid, Fd pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}
  void swap(Child& other) noexcept;
  void send(int signal);

  pid_t pid_ = -1;
  Fd pidfd_;
  std::optional<WaitStatus> end_;
};

}  // namespace civicum
