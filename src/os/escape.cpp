// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/escape.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <sstream>

#include "os/fd.h"

namespace civicum {
namespace {

// Of a network for examples (RFC 5737): it answers nobody, and no packet has to arrive.
constexpr const char* outside_address = "192.0.2.1";
constexpr std::uint16_t outside_port = 443;

int outcome(long answer) { return answer >= 0 ? 0 : errno; }

sockaddr_in address_of(const char* host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  (void)inet_pton(AF_INET, host, &address.sin_addr);
  return address;
}

template <typename Address>
const sockaddr* generic(const Address& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

/// A connection that is under way is not refused.
int try_to_connect(const Fd& fd, const sockaddr* address, socklen_t size) {
  if (!fd) return errno;
  const int refusal = outcome(connect(fd.get(), address, size));
  return refusal == EINPROGRESS ? 0 : refusal;
}

int try_tcp(const char* host, std::uint16_t port) {
  const Fd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const sockaddr_in address = address_of(host, port);
  return try_to_connect(fd, generic(address), sizeof address);
}

int try_udp(const char* host, std::uint16_t port) {
  const Fd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return errno;
  const sockaddr_in address = address_of(host, port);
  return outcome(sendto(fd.get(), "x", 1, 0, generic(address), sizeof address));
}

int try_unix(const std::string& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (name.size() >= sizeof address.sun_path) return ENAMETOOLONG;
  std::memcpy(address.sun_path, name.data(), name.size());
  const Fd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  return try_to_connect(fd, generic(address), size);
}

int try_socket(int family, int type, int protocol) {
  const Fd fd(socket(family, type | SOCK_CLOEXEC, protocol));
  return fd ? 0 : errno;
}

int try_to_open(const std::string& path, int flags) {
  const Fd fd(open(path.c_str(), flags | O_CLOEXEC | O_NOCTTY, 0600));
  if (!fd) return errno;
  if ((flags & O_CREAT) != 0) (void)unlink(path.c_str());
  return 0;
}

int try_to_list(const std::string& path) {
  DIR* folder = opendir(path.c_str());
  if (folder == nullptr) return errno;
  return outcome(closedir(folder));
}

/// The victim goes on: what is asked for here changes nothing in it.
int try_to_trace(pid_t victim) {
  const int refusal = outcome(ptrace(PTRACE_SEIZE, victim, nullptr, nullptr));
  if (refusal == 0) (void)ptrace(PTRACE_DETACH, victim, nullptr, nullptr);
  return refusal;
}

int try_to_read_memory(pid_t victim) {
  char byte = 0;
  const iovec here{&byte, 1};
  // Nothing is mapped at 0: EFAULT is the answer of one who may look.
  const iovec there{nullptr, 1};
  const int refusal = outcome(process_vm_readv(victim, &here, 1, &there, 1, 0));
  return refusal == EFAULT ? 0 : refusal;
}

/// The program ends at once; in its place this process would too.
int try_to_run_a_program() {
  const pid_t child = static_cast<pid_t>(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
  if (child < 0) return errno;
  if (child == 0) syscall(SYS_exit_group, 0);
  siginfo_t info{};
  (void)syscall(SYS_waitid, 0, child, &info, 4 /* WEXITED */, nullptr);
  return 0;
}

int try_executable_memory() {
  void* memory = mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return errno;
  return outcome(munmap(memory, 4096));
}

void add_network(std::vector<EscapeAttempt>& all, const EscapeTargets& to) {
  const auto add = [&all](const char* name, std::function<int()> make) {
    all.push_back({name, EscapeKind::Network, std::move(make)});
  };
  add("loopback over TCP", [&to] { return try_tcp("127.0.0.1", to.tcp_port); });
  add("loopback over UDP", [&to] { return try_udp("127.0.0.1", to.udp_port); });
  add("an outside address over TCP", [] { return try_tcp(outside_address, outside_port); });
  all.back().leaves_machine = true;
  add("an outside address over UDP", [] { return try_udp(outside_address, outside_port); });
  all.back().leaves_machine = true;
  add("a unix socket with a path", [&to] { return try_unix(to.unix_path); });
  add("an abstract unix socket",
      [&to] { return try_unix(std::string(1, '\0') + to.abstract_name); });
  add("a netlink socket", [] { return try_socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE); });
}

void add_files(std::vector<EscapeAttempt>& all, const EscapeTargets& to) {
  const auto add = [&all](const char* name, std::function<int()> make) {
    all.push_back({name, EscapeKind::Files, std::move(make)});
  };
  add("read a file of its user", [&to] { return try_to_open(to.secret_file, O_RDONLY); });
  add("write to it", [&to] { return try_to_open(to.secret_file, O_WRONLY); });
  add("make a file", [&to] { return try_to_open(to.folder + "/new", O_WRONLY | O_CREAT); });
  add("list a folder", [&to] { return try_to_list(to.folder); });
  add("read /etc/passwd", [] { return try_to_open("/etc/passwd", O_RDONLY); });
}

void add_processes(std::vector<EscapeAttempt>& all, const EscapeTargets& to) {
  const auto add = [&all](const char* name, std::function<int()> make) {
    all.push_back({name, EscapeKind::Processes, std::move(make)});
  };
  const std::string folder = "/proc/" + std::to_string(to.victim);
  add("see the processes of the machine", [] { return try_to_list("/proc"); });
  add("read another's command line",
      [folder] { return try_to_open(folder + "/cmdline", O_RDONLY); });
  add("signal another", [&to] { return outcome(syscall(SYS_kill, to.victim, 0)); });
  add("hold another by pidfd", [&to] {
    const Fd fd(static_cast<int>(syscall(SYS_pidfd_open, to.victim, 0)));
    return fd ? 0 : errno;
  });
  add("trace another", [&to] { return try_to_trace(to.victim); });
  add("read another's memory", [&to] { return try_to_read_memory(to.victim); });
}

void add_privileges(std::vector<EscapeAttempt>& all) {
  const auto add = [&all](const char* name, std::function<int()> make) {
    all.push_back({name, EscapeKind::Privileges, std::move(make)});
  };
  add("start a process", try_to_run_a_program);
  add("run another program", [] {
    // A program that is not there: whoever may run one is told so.
    const std::array<const char*, 1> none = {nullptr};
    const int refusal =
        outcome(syscall(SYS_execve, "/nonexistent/program", none.data(), none.data()));
    return refusal == ENOENT ? 0 : refusal;
  });
  add("make memory that can be executed", try_executable_memory);
  add("ask for a key ring", [] { return outcome(syscall(SYS_keyctl, 0, -3, 0, 0, 0)); });
  add("set up io_uring", [] {
    std::array<char, 512> parameters{};
    const Fd fd(static_cast<int>(syscall(SYS_io_uring_setup, 1, parameters.data())));
    return fd ? 0 : errno;
  });
}

}  // namespace

std::string_view name_of(EscapeKind kind) {
  switch (kind) {
    case EscapeKind::Network:
      return "network";
    case EscapeKind::Files:
      return "files";
    case EscapeKind::Processes:
      return "processes";
    case EscapeKind::Privileges:
      return "privileges";
  }
  return "";
}

std::string encode(const EscapeTargets& targets) {
  std::ostringstream text;
  text << targets.tcp_port << ' ' << targets.udp_port << ' ' << targets.unix_path << ' '
       << targets.abstract_name << ' ' << targets.secret_file << ' ' << targets.folder << ' '
       << targets.victim;
  return text.str();
}

Result<EscapeTargets> decode_escape_targets(std::string_view text) {
  std::istringstream words{std::string(text)};
  EscapeTargets targets;
  words >> targets.tcp_port >> targets.udp_port >> targets.unix_path >> targets.abstract_name >>
      targets.secret_file >> targets.folder >> targets.victim;
  if (words && targets.victim > 0) return targets;
  return Error{ErrorKind::BadInput, "no targets: " + std::string(text)};
}

std::vector<EscapeAttempt> escape_attempts(const EscapeTargets& targets) {
  std::vector<EscapeAttempt> all;
  add_network(all, targets);
  add_files(all, targets);
  add_processes(all, targets);
  add_privileges(all);
  return all;
}

std::vector<int> try_to_escape(const EscapeTargets& targets) {
  std::vector<int> refusals;
  for (const EscapeAttempt& attempt : escape_attempts(targets)) refusals.push_back(attempt.make());
  return refusals;
}

std::vector<std::optional<int>> try_on_this_machine(const EscapeTargets& targets) {
  std::vector<std::optional<int>> refusals;
  for (const EscapeAttempt& attempt : escape_attempts(targets)) {
    refusals.push_back(attempt.leaves_machine ? std::nullopt : std::optional(attempt.make()));
  }
  return refusals;
}

}  // namespace civicum
