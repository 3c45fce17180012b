// SPDX-License-Identifier: GPL-3.0-or-later
// Each attempt runs in a process of its own that has entered the sandbox (or one layer of it); its
// exit code is the errno that the attempt met, 0 where it succeeded.
#include "os/sandbox.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <doctest/doctest.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <string>

#include "os/fd.h"
#include "os/temp_dir.h"

namespace civicum {
namespace {

constexpr int could_not_enter = 250;
constexpr int ended_by_signal = 1000;

using Attempt = std::function<int()>;

/// The errno of a system call's answer.
int outcome(long answer) { return answer >= 0 ? 0 : errno; }

int run_apart(const Attempt& attempt) {
  const pid_t pid = fork();
  REQUIRE(pid >= 0);
  if (pid == 0) {
    // The test framework's handler would report the child's end as its own.
    std::signal(SIGABRT, SIG_DFL);
    _exit(attempt());
  }
  int status = 0;
  REQUIRE(waitpid(pid, &status, 0) == pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : ended_by_signal + WTERMSIG(status);
}

struct Folders {
  TempDir outer = *TempDir::create();
  std::string allowed = outer.path() + "/allowed";
  std::string allowed_file = allowed + "/font.ttf";
  std::string outside_file = outer.path() + "/secret";

  Folders() {
    chmod(outer.path().c_str(), 0755);
    mkdir(allowed.c_str(), 0755);
    for (const std::string& path : {allowed_file, outside_file}) {
      const Fd fd = *open_file(path, O_WRONLY | O_CREAT, 0644);
      static_cast<void>(write_all(fd.get(), "content"));
    }
  }
  SandboxPolicy policy() const {
    SandboxPolicy policy;
    policy.readable_paths = {allowed, "/no/such/folder"};
    policy.parent_pid = getppid();
    return policy;
  }
};

int run_in_sandbox(const Folders& folders, const Attempt& attempt) {
  return run_apart([&] {
    const Result<SandboxLevel> level = enter_sandbox(folders.policy());
    return level ? attempt() : could_not_enter;
  });
}

/// What this machine can do, found once in a child.
SandboxLevel reachable_level() {
  static const int bits = [] {
    const Folders folders;
    return run_apart([&] {
      const Result<SandboxLevel> level = enter_sandbox(folders.policy());
      if (!level) return could_not_enter;
      return (level->has_own_network ? 1 : 0) + (level->has_landlock ? 2 : 0) +
             (level->has_seccomp ? 4 : 0);
    });
  }();
  REQUIRE(bits < 8);
  return {(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0};
}

bool is_skipped(bool is_available, const char* what) {
  if (!is_available) std::fprintf(stderr, "SKIPPED: %s\n", what);
  return !is_available;
}

/// A listener on an address, and a socket made before the sandbox that may try to reach it.
struct Listener {
  Fd server;
  Fd client;
  sockaddr_storage address{};
  socklen_t address_size = 0;

  Listener(const void* at, socklen_t size, int family) : address_size(size) {
    std::memcpy(&address, at, size);
    server = Fd(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    client = Fd(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(bind(server.get(), generic(), address_size) == 0);
    REQUIRE(listen(server.get(), 4) == 0);
    REQUIRE(getsockname(server.get(), generic(), &address_size) == 0);
  }
  sockaddr* generic() { return reinterpret_cast<sockaddr*>(&address); }
  int try_to_connect() { return outcome(connect(client.get(), generic(), address_size)); }
};

Listener listen_on_loopback() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return {&address, sizeof address, AF_INET};
}

/// A name that starts with NUL is an abstract address.
Listener listen_on_unix(const std::string& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  REQUIRE(name.size() < sizeof address.sun_path);
  std::memcpy(address.sun_path, name.data(), name.size());
  return {&address, static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size()), AF_UNIX};
}

std::string abstract_name() {
  return std::string(1, '\0') + "civicum-test-" + std::to_string(getpid());
}

int try_to_open(const std::string& path, int flags) {
  return outcome(open(path.c_str(), flags | O_CLOEXEC, 0644));
}

int try_to_list(const std::string& path) {
  DIR* folder = opendir(path.c_str());
  if (folder == nullptr) return errno;
  while (readdir(folder) != nullptr) {
  }
  return outcome(closedir(folder));
}

/// An attempt inside Landlock alone.
int run_in_landlock(const Folders& folders, const Attempt& attempt) {
  return run_apart([&] {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return could_not_enter;
    return restrict_paths(folders.policy().readable_paths) ? attempt() : could_not_enter;
  });
}

bool is_landlock_older_than(int abi, const char* what) {
  return is_skipped(landlock_abi() >= abi, what);
}

}  // namespace

TEST_CASE("a level is named by the layers that hold") {
  CHECK(name_of({true, true, true}) == "netns+landlock+seccomp");
  CHECK(name_of({false, true, true}) == "landlock+seccomp");
  CHECK(name_of({false, false, false}) == "rlimits");
}

TEST_CASE("the level reached here is printed") {
  const std::string level = name_of(reachable_level());
  std::fprintf(stderr, "sandbox level here: %s, Landlock ABI %d\n", level.c_str(), landlock_abi());
  CHECK_FALSE(level.empty());
}

TEST_CASE("system calls that a reader never needs are refused") {
  if (is_skipped(reachable_level().has_seccomp, "no seccomp filters here")) return;
  const Folders folders;
  const pid_t parent = getpid();
  struct Refusal {
    const char* what;
    Attempt attempt;
    int expected = EPERM;
  };
  char program[] = "/bin/true";
  char* arguments[] = {program, nullptr};
  rlimit limit{};
  const std::vector<Refusal> refusals = {
      {"socket inet", [] { return outcome(socket(AF_INET, SOCK_STREAM, 0)); }},
      {"socket inet6", [] { return outcome(socket(AF_INET6, SOCK_DGRAM, 0)); }},
      {"socket unix", [] { return outcome(socket(AF_UNIX, SOCK_STREAM, 0)); }},
      {"socket netlink", [] { return outcome(socket(AF_NETLINK, SOCK_RAW, 0)); }},
      {"execve", [&] { return outcome(syscall(SYS_execve, program, arguments, nullptr)); }},
      {"fork", [] { return outcome(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)); }},
      {"clone3", [] { return outcome(syscall(SYS_clone3, nullptr, 0)); }, ENOSYS},
      {"ptrace", [&] { return outcome(syscall(SYS_ptrace, PTRACE_SEIZE, parent, 0, 0)); }},
      {"kill", [&] { return outcome(syscall(SYS_kill, parent, 0)); }},
      {"tgkill", [&] { return outcome(syscall(SYS_tgkill, parent, parent, 0)); }},
      {"unshare", [] { return outcome(syscall(SYS_unshare, CLONE_NEWUSER)); }},
      {"mount", [] { return outcome(syscall(SYS_mount, "none", "/", "tmpfs", 0, nullptr)); }},
      {"bpf", [] { return outcome(syscall(SYS_bpf, 0, nullptr, 0)); }},
      {"io_uring", [] { return outcome(syscall(SYS_io_uring_setup, 1, nullptr)); }},
      {"keyctl", [] { return outcome(syscall(SYS_keyctl, 0, 0, 0, 0, 0)); }},
      {"pidfd_open", [&] { return outcome(syscall(SYS_pidfd_open, parent, 0)); }},
      {"memfd", [] { return outcome(syscall(SYS_memfd_create, "x", 0)); }},
      {"chmod", [&] { return outcome(chmod(folders.allowed_file.c_str(), 0777)); }},
      {"unlink", [&] { return outcome(unlink(folders.allowed_file.c_str())); }},
      {"raise a limit", [&] { return outcome(setrlimit(RLIMIT_NOFILE, &limit)); }},
      {"executable memory",
       [] {
         constexpr int flags = MAP_PRIVATE | MAP_ANONYMOUS;
         return outcome(syscall(SYS_mmap, nullptr, 4096, PROT_READ | PROT_EXEC, flags, -1, 0));
       }},
      {"set its own owner of signals", [] { return outcome(fcntl(0, F_SETOWN, getppid())); }},
  };
  for (const Refusal& refusal : refusals) {
    CAPTURE(refusal.what);
    CHECK(run_in_sandbox(folders, refusal.attempt) == refusal.expected);
  }
}

TEST_CASE("nothing outside the readable folders can be opened, and nothing for writing") {
  if (is_skipped(reachable_level().has_landlock, "no Landlock here")) return;
  const Folders folders;
  const std::string parent = "/proc/" + std::to_string(getpid());
  const auto attempt = [&](const std::string& path, int flags) {
    return run_in_sandbox(folders, [&] { return try_to_open(path, flags); });
  };
  CHECK(attempt(folders.outside_file, O_RDONLY) == EACCES);
  CHECK(attempt(folders.allowed + "/../secret", O_RDONLY) == EACCES);
  CHECK(attempt("/etc/passwd", O_RDONLY) == EACCES);
  CHECK(attempt(parent + "/environ", O_RDONLY) == EACCES);
  CHECK(attempt(parent + "/mem", O_RDONLY) == EACCES);
  CHECK(attempt("/proc/self/maps", O_RDONLY) == EACCES);
  CHECK(attempt(folders.allowed_file, O_WRONLY) != 0);
  CHECK(attempt(folders.allowed_file, O_RDWR) != 0);
  CHECK(attempt(folders.allowed_file, O_RDONLY | O_TRUNC) != 0);
  CHECK(attempt(folders.allowed + "/new", O_RDONLY | O_CREAT) != 0);
  CHECK(attempt(folders.allowed, O_RDWR | O_TMPFILE) != 0);
  CHECK(run_in_sandbox(folders, [&] { return try_to_list(folders.outer.path()); }) == EACCES);
}

TEST_CASE("readable folders can be listed and read") {
  const Folders folders;
  CHECK(run_in_sandbox(folders, [&] { return try_to_list(folders.allowed); }) == 0);
  CHECK(run_in_sandbox(folders, [&] {
          const Result<std::string> content = read_file(folders.allowed_file, kib(1));
          return content && *content == "content" ? 0 : 1;
        }) == 0);
}

TEST_CASE("memory, clocks, descriptors from before and the end work as before") {
  const Folders folders;
  const Fd spool = *open_spool(folders.outer.path());
  CHECK(run_in_sandbox(folders, [&] {
          std::string large(std::size_t{64} << 20, 'x');
          large.resize(std::size_t{128} << 20, 'y');
          timespec now{};
          if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) != 0) return 1;
          if (!write_all(spool.get(), "result")) return 2;
          return outcome(ftruncate(spool.get(), 3));
        }) == 0);
  std::array<char, 16> content{};
  CHECK(*pread_all(spool.get(), content, 0) == 3);
  CHECK(run_in_sandbox(folders, []() -> int { std::abort(); }) == ended_by_signal + SIGABRT);
}

TEST_CASE("neither loopback, nor a unix socket, nor an abstract one can be reached") {
  if (is_skipped(reachable_level().has_seccomp, "no seccomp filters here")) return;
  const Folders folders;
  Listener tcp = listen_on_loopback();
  Listener by_path = listen_on_unix(folders.allowed + "/socket");
  Listener abstract = listen_on_unix(abstract_name());
  for (Listener* listener : {&tcp, &by_path, &abstract}) {
    CHECK(run_in_sandbox(folders, [&] { return listener->try_to_connect(); }) == EPERM);
    CHECK(run_apart([&] { return listener->try_to_connect(); }) == 0);
  }
}

TEST_CASE("an empty network namespace reaches not even loopback") {
  if (is_skipped(reachable_level().has_own_network, "no network namespaces here")) return;
  Listener tcp = listen_on_loopback();
  CHECK(run_apart([&] {
          if (!enter_empty_network()) return could_not_enter;
          tcp.client = Fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
          return tcp.try_to_connect();
        }) == ENETUNREACH);
}

TEST_CASE("Landlock alone refuses other files, TCP, abstract sockets and signals") {
  if (is_landlock_older_than(1, "no Landlock here")) return;
  const Folders folders;
  const pid_t parent = getpid();
  CHECK(run_in_landlock(folders, [&] { return try_to_open(folders.outside_file, O_RDONLY); }) ==
        EACCES);
  CHECK(run_in_landlock(folders, [&] { return try_to_open(folders.allowed_file, O_WRONLY); }) ==
        EACCES);
  CHECK(run_in_landlock(folders, [&] { return try_to_open(folders.allowed_file, O_RDONLY); }) == 0);
  if (is_landlock_older_than(3, "Landlock here cannot refuse truncation")) return;
  CHECK(run_in_landlock(
            folders, [&] { return outcome(truncate(folders.allowed_file.c_str(), 0)); }) == EACCES);
  if (is_landlock_older_than(4, "Landlock here cannot refuse TCP")) return;
  Listener tcp = listen_on_loopback();
  CHECK(run_in_landlock(folders, [&] { return tcp.try_to_connect(); }) == EACCES);
  if (is_landlock_older_than(6, "Landlock here has no scopes")) return;
  Listener abstract = listen_on_unix(abstract_name());
  CHECK(run_in_landlock(folders, [&] { return abstract.try_to_connect(); }) == EPERM);
  CHECK(run_in_landlock(folders, [&] { return outcome(kill(parent, 0)); }) == EPERM);
}

TEST_CASE("capabilities, dumps and descriptors beyond the bound are gone") {
  const Folders folders;
  const Fd status_file = *open_file("/proc/thread-self/status", O_RDONLY);
  CHECK(run_apart([&] {
          const Result<Fd> own = open_file("/proc/self/status", O_RDONLY);
          if (!own || !enter_sandbox(folders.policy())) return could_not_enter;
          std::array<char, 8192> text{};
          const Result<std::size_t> size = pread_all(own->get(), text, 0);
          const std::string_view status(text.data(), size ? *size : 0);
          for (const std::string_view line :
               {"CapEff:\t0000000000000000", "CapPrm:\t0000000000000000", "NoNewPrivs:\t1"}) {
            if (status.find(line) == std::string_view::npos) return 1;
          }
          return 0;
        }) == 0);
  CHECK(run_in_sandbox(folders, [&] {
          for (int i = 0; i < 64; ++i) {
            if (dup(status_file.get()) < 0) return errno;
          }
          return 0;
        }) == EMFILE);
}

TEST_CASE("a process that has lost its parent does not go on") {
  const Folders folders;
  CHECK(run_apart([&] {
          SandboxPolicy policy = folders.policy();
          policy.parent_pid = getppid() + 1;
          const Result<SandboxLevel> level = enter_sandbox(policy);
          return !level && level.error().kind == ErrorKind::Unavailable ? 0 : 1;
        }) == 0);
}

TEST_CASE("a sandboxed process dies with its parent within a second") {
  const Folders folders;
  std::array<int, 2> ends{};
  REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0);
  const Fd reading(ends[0]);
  Fd writing(ends[1]);
  const pid_t parent = fork();
  REQUIRE(parent >= 0);
  if (parent == 0) {
    _exit(run_apart([&] {
      if (!enter_sandbox(folders.policy())) return could_not_enter;
      static_cast<void>(write_all(writing.get(), "in"));
      while (true) poll(nullptr, 0, -1);
    }));
  }
  writing = Fd();
  std::array<char, 8> buffer{};
  REQUIRE(read(reading.get(), buffer.data(), buffer.size()) == 2);
  kill(parent, SIGKILL);
  // The sandboxed process holds the last writing end.
  pollfd entry{reading.get(), POLLIN, 0};
  CHECK(poll(&entry, 1, 1000) == 1);
  CHECK(read(reading.get(), buffer.data(), buffer.size()) == 0);
  waitpid(parent, nullptr, 0);
}

TEST_CASE("a plain user gets the same sandbox by a user namespace") {
  if (is_skipped(geteuid() == 0, "not root: every other case ran as a plain user")) return;
  const Folders folders;
  const int bits = run_apart([&] {
    constexpr uid_t nobody = 65534;
    if (setresgid(nobody, nobody, nobody) != 0 || setresuid(nobody, nobody, nobody) != 0) {
      return could_not_enter;
    }
    const Result<SandboxLevel> level = enter_sandbox(folders.policy());
    if (!level || try_to_open(folders.allowed_file, O_RDONLY) != 0) return could_not_enter;
    if (level->has_seccomp && outcome(socket(AF_INET, SOCK_STREAM, 0)) != EPERM) return 100;
    return level->has_own_network ? 1 : 0;
  });
  REQUIRE(bits <= 1);
  static_cast<void>(is_skipped(bits == 1, "user namespaces are not allowed to plain users here"));
}

}  // namespace civicum
