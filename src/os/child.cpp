// SPDX-License-Identifier: GPL-3.0-or-later
// clone3 without CLONE_VM rather than vfork: the child's steps may then use the stack and memory as
// they like, and a parent of 25 MB copies its page tables in well under a millisecond.
#include "os/child.h"

#include <linux/close_range.h>
#include <linux/sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

namespace civicum {
namespace {

constexpr int signal_count_max = 64;

/// What the child could not do, sent over the report pipe; nothing comes where exec succeeds.
struct SpawnFailure {
  char step[24] = {};
  int os_error = 0;
};

/// Everything the child needs, made before clone: it must not allocate.
struct ChildPlan {
  std::vector<const char*> argv;
  std::vector<std::string> variables;
  std::vector<const char*> envp;
  std::vector<PassedFd> descriptors;  ///< standard streams included
  std::vector<int> cgroup_procs;
  int fd_base = 3;  ///< above every number in `descriptors`
  int report = -1;
  int death_signal = 0;
  pid_t parent = 0;
};

[[noreturn]] void give_up(int report, const char* step) {
  SpawnFailure failure;
  failure.os_error = errno;
  for (std::size_t i = 0; step[i] != 0 && i + 1 < sizeof failure.step; ++i) {
    failure.step[i] = step[i];
  }
  syscall(SYS_write, report, &failure, sizeof failure);
  syscall(SYS_exit_group, 127);
  __builtin_unreachable();
}

/// Dispositions and mask as a fresh program expects them. The kernel's own sigaction struct is at
/// most 32 bytes, and all zero it means SIG_DFL on every architecture.
void reset_signals() {
  const std::array<std::uint64_t, 8> default_action{};
  for (int signal = 1; signal <= signal_count_max; ++signal) {
    syscall(SYS_rt_sigaction, signal, default_action.data(), nullptr, sizeof(std::uint64_t));
  }
  const std::uint64_t nothing_blocked = 0;
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &nothing_blocked, nullptr, sizeof nothing_blocked);
}

/// Moves all sources above every target first, so that no target overwrites a source.
void place_descriptors(ChildPlan& plan) {
  const auto lift = [&plan](int fd) {
    return static_cast<int>(syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, plan.fd_base));
  };
  const int lifted_report = lift(plan.report);
  if (lifted_report < 0) give_up(plan.report, "dup");
  plan.report = lifted_report;
  for (PassedFd& passed : plan.descriptors) {
    passed.from = lift(passed.from);
    if (passed.from < 0) give_up(plan.report, "dup");
  }
  if (syscall(SYS_close_range, 0, ~0U, CLOSE_RANGE_CLOEXEC) != 0)
    give_up(plan.report, "close_range");
  for (const PassedFd& passed : plan.descriptors) {
    if (syscall(SYS_dup3, passed.from, passed.to, 0) < 0) give_up(plan.report, "dup3");
  }
}

/// By writing to cgroup.procs on v1 and v2 alike: CLONE_INTO_CGROUP is v2 only, and kills the child
/// in a cgroup that was once ended (cage.h).
void enter_cgroups(const ChildPlan& plan) {
  for (const int procs : plan.cgroup_procs) {
    if (syscall(SYS_write, procs, "0", 1) != 1) give_up(plan.report, "enter its cgroup");
  }
}

[[noreturn]] void run_child(ChildPlan& plan) {
  reset_signals();
  enter_cgroups(plan);
  if (syscall(SYS_prctl, PR_SET_PDEATHSIG, plan.death_signal, 0, 0, 0) != 0) {
    give_up(plan.report, "prctl");
  }
  // The parent may have died before the line above: then the signal never comes.
  if (syscall(SYS_getppid) != plan.parent) syscall(SYS_exit_group, 127);
  if (syscall(SYS_setsid) < 0) give_up(plan.report, "setsid");
  if (syscall(SYS_chdir, "/") != 0) give_up(plan.report, "chdir /");
  place_descriptors(plan);
  syscall(SYS_execve, plan.argv[0], plan.argv.data(), plan.envp.data());
  give_up(plan.report, "exec");
}

struct Started {
  pid_t pid = -1;
  Fd pidfd;
};

/// The one place where a process begins.
Result<Started> start_process(ChildPlan& plan) {
  int pidfd = -1;
  clone_args args{};
  args.flags = CLONE_PIDFD;
  args.pidfd = reinterpret_cast<std::uintptr_t>(&pidfd);
  args.exit_signal = SIGCHLD;
  // A handler of the parent must not run in the child before it has reset them.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  long pid = syscall(SYS_clone3, &args, sizeof args);
  // Container runtimes answer ENOSYS to clone3 because its flags cannot be filtered.
  if (pid < 0 && errno == ENOSYS) {
    pid = syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, nullptr, &pidfd, nullptr, nullptr);
  }
  if (pid == 0) run_child(plan);
  const int clone_errno = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) return os_failure(ErrorKind::Unavailable, "start a process", clone_errno);
  return Started{static_cast<pid_t>(pid), Fd(pidfd)};
}

std::vector<std::string> make_variables(const SpawnRequest& request) {
  std::vector<std::string> variables = request.environment;
  for (const std::string& name : request.inherited_variables) {
    const char* value = std::getenv(name.c_str());
    if (value != nullptr) variables.push_back(name + "=" + value);
  }
  return variables;
}

bool are_above_standard_streams(const std::vector<PassedFd>& descriptors) {
  return std::all_of(descriptors.begin(), descriptors.end(),
                     [](const PassedFd& passed) { return passed.to >= 3; });
}

/// The plan points into `request` and into itself: it must not be moved afterwards.
void fill_plan(ChildPlan& plan, const SpawnRequest& request) {
  plan.argv.push_back(request.program.c_str());
  for (const std::string& argument : request.args) plan.argv.push_back(argument.c_str());
  plan.argv.push_back(nullptr);
  plan.variables = make_variables(request);
  for (const std::string& variable : plan.variables) plan.envp.push_back(variable.c_str());
  plan.envp.push_back(nullptr);
  for (const PassedFd& passed : request.descriptors) {
    plan.descriptors.push_back(passed);
    plan.fd_base = std::max(plan.fd_base, passed.to + 1);
  }
  plan.cgroup_procs = request.cgroup_procs;
  plan.death_signal = request.death_signal;
  plan.parent = getpid();
}

struct Pipe {
  Fd read_end;
  Fd write_end;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return last_os_failure("pipe2");
  return Pipe{Fd(ends[0]), Fd(ends[1])};
}

void set_oom_score_adj(pid_t pid, int score) {
  const Result<Fd> file = open_file("/proc/" + std::to_string(pid) + "/oom_score_adj", O_WRONLY);
  if (file) static_cast<void>(write_all(file->get(), std::to_string(score)));
}

/// Waits for exec: the report pipe is close-on-exec, so its end means success.
Status await_exec(int report, const std::string& program) {
  SpawnFailure failure;
  ssize_t count = -1;
  do {
    count = read(report, &failure, sizeof failure);
  } while (count < 0 && errno == EINTR);
  if (count == 0) return Done{};
  if (count != static_cast<ssize_t>(sizeof failure)) return last_os_failure("spawn " + program);
  return os_failure(kind_of_errno(failure.os_error), "spawn " + program + " (" + failure.step + ")",
                    failure.os_error);
}

int wait_for(int pidfd, siginfo_t& info, int options) {
  // P_PIDFD is 3; glibc 2.35 and older do not name it.
  return waitid(static_cast<idtype_t>(3), static_cast<id_t>(pidfd), &info, options);
}

}  // namespace

Result<Child> Child::spawn(const SpawnRequest& request) {
  const Fd null = TRY(open_file("/dev/null", O_RDWR));
  Pipe report = TRY(make_pipe());
  const int stderr_source = request.stderr_to == ChildStderr::Inherit ? STDERR_FILENO : null.get();
  ENSURE(are_above_standard_streams(request.descriptors));
  ChildPlan plan;
  fill_plan(plan, request);
  plan.descriptors.push_back({null.get(), STDIN_FILENO});
  plan.descriptors.push_back({null.get(), STDOUT_FILENO});
  plan.descriptors.push_back({stderr_source, STDERR_FILENO});
  plan.report = report.write_end.get();

  Started started = TRY(start_process(plan));
  Child child(started.pid, std::move(started.pidfd));
  if (request.oom_score_adj) set_oom_score_adj(child.pid(), *request.oom_score_adj);
  report.write_end = Fd();
  TRY(await_exec(report.read_end.get(), request.program));
  return child;
}

Child::~Child() {
  if (!pidfd_ || end_) return;
  kill();
  siginfo_t info{};
  while (wait_for(pidfd_.get(), info, WEXITED) != 0 && errno == EINTR) {
  }
}

void Child::swap(Child& other) noexcept {
  std::swap(pid_, other.pid_);
  pidfd_.swap(other.pidfd_);
  end_.swap(other.end_);
}

void Child::send(int signal) {
  if (pidfd_ && !end_) syscall(SYS_pidfd_send_signal, pidfd_.get(), signal, nullptr, 0);
}

void Child::kill() { send(SIGKILL); }
void Child::stop() { send(SIGSTOP); }
void Child::resume() { send(SIGCONT); }

Result<WaitStatus> Child::wait() {
  if (end_) return *end_;
  siginfo_t info{};
  int answer = -1;
  do {
    answer = wait_for(pidfd_.get(), info, WEXITED);
  } while (answer != 0 && errno == EINTR);
  if (answer != 0) return last_os_failure("waitid");
  if (info.si_code == CLD_EXITED) {
    end_ = Exited{info.si_status};
  } else {
    end_ = Signalled{info.si_status, info.si_code == CLD_DUMPED};
  }
  return *end_;
}

}  // namespace civicum
