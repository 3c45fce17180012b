// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/child.h"

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <set>
#include <thread>

#include "os/socket.h"

namespace civicum {
namespace {

SpawnRequest shell(const std::string& script) {
  SpawnRequest request;
  request.program = "/bin/sh";
  request.args = {"-c", script};
  return request;
}

/// Waits at most five seconds for the descriptor, so that a broken child fails a test and never
/// hangs it.
bool becomes_readable(int fd) {
  pollfd entry{fd, POLLIN, 0};
  return poll(&entry, 1, 5000) == 1;
}

/// Everything the child writes to the socket that it was given as descriptor 5.
std::string output_of(SpawnRequest request) {
  auto [near, far] = *stream_pair();
  request.descriptors.push_back({far.get(), 5});
  Child child = *Child::spawn(request);
  far = Fd();
  std::string output;
  std::array<char, 512> chunk{};
  while (becomes_readable(near.get())) {
    const ssize_t count = read(near.get(), chunk.data(), chunk.size());
    if (count <= 0) break;
    output.append(chunk.data(), static_cast<std::size_t>(count));
  }
  return output;
}

std::string field_of_status(pid_t pid, const std::string& name) {
  const std::string status = *read_file("/proc/" + std::to_string(pid) + "/status", kib(16));
  const std::size_t begin = status.find(name + ":\t") + name.size() + 2;
  return status.substr(begin, status.find('\n', begin) - begin);
}

}  // namespace

TEST_CASE("the end of a child tells an exit code from a signal") {
  Child exits = *Child::spawn(shell("exit 7"));
  CHECK(*exits.wait() == WaitStatus(Exited{7}));
  CHECK(*exits.wait() == WaitStatus(Exited{7}));
  Child dies = *Child::spawn(shell("kill -TERM $$"));
  CHECK(*dies.wait() == WaitStatus(Signalled{SIGTERM, false}));
}

TEST_CASE("the pidfd reports the end of a child, not before it") {
  Child child = *Child::spawn(shell("exec sleep 100"));
  pollfd entry{child.pidfd(), POLLIN, 0};
  CHECK(poll(&entry, 1, 0) == 0);
  child.kill();
  CHECK(becomes_readable(child.pidfd()));
  CHECK(*child.wait() == WaitStatus(Signalled{SIGKILL, false}));
}

TEST_CASE("a program that is missing or not executable is reported by spawn") {
  SpawnRequest request;
  request.program = "/no/such/program";
  const Result<Child> missing = Child::spawn(request);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().kind == ErrorKind::NotFound);
  CHECK(missing.error().what.find("/no/such/program") != std::string::npos);
  request.program = "/etc/passwd";
  const Result<Child> denied = Child::spawn(request);
  REQUIRE_FALSE(denied);
  CHECK(denied.error().kind == ErrorKind::Denied);
}

TEST_CASE("only the descriptors that were passed exist in the child") {
  const Fd leak(open("/dev/null", O_RDONLY));  // NOLINT: without O_CLOEXEC on purpose
  REQUIRE(leak);
  const auto [near, far] = *stream_pair();
  SpawnRequest request;
  request.program = "/bin/sleep";
  request.args = {"100"};
  // Each target is the number of the other's source: neither may overwrite the other.
  request.descriptors = {{near.get(), far.get()}, {far.get(), near.get()}};
  const Child child = *Child::spawn(request);
  const std::string folder = "/proc/" + std::to_string(child.pid()) + "/fd";
  const std::set<std::string> passed = {"0", "1", "2", std::to_string(near.get()),
                                        std::to_string(far.get())};
  std::set<std::string> numbers;
  for (int i = 0; i < 200 && numbers != passed; ++i) {  // its loader opens files for a moment
    if (i > 0) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    numbers.clear();
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      numbers.insert(entry.path().filename().string());
    }
  }
  CHECK(numbers == passed);
  CHECK(std::filesystem::read_symlink(folder + "/" + std::to_string(near.get())) ==
        std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(far.get())));
}

TEST_CASE("the environment holds what was named and nothing else") {
  setenv("CIVICUM_TEST_SECRET", "hidden", 1);
  setenv("CIVICUM_TEST_LANGUAGE", "es", 1);
  SpawnRequest request;
  request.program = "/usr/bin/env";
  request.args = {"sh", "-c", "exec env >&5"};
  request.environment = {"OMP_THREAD_LIMIT=1", "PATH=/usr/bin:/bin"};
  request.inherited_variables = {"CIVICUM_TEST_LANGUAGE", "CIVICUM_TEST_ABSENT"};
  const std::string output = output_of(request);
  CHECK(output.find("OMP_THREAD_LIMIT=1") != std::string::npos);
  CHECK(output.find("CIVICUM_TEST_LANGUAGE=es") != std::string::npos);
  CHECK(output.find("CIVICUM_TEST_SECRET") == std::string::npos);
  CHECK(output.find("CIVICUM_TEST_ABSENT") == std::string::npos);
}

TEST_CASE("a child starts in its own session, in the root folder, with default signals") {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
  SpawnRequest request;
  request.program = "/bin/sleep";
  request.args = {"100"};
  const Child child = *Child::spawn(request);
  pthread_sigmask(SIG_UNBLOCK, &blocked, nullptr);
  std::signal(SIGPIPE, SIG_DFL);
  CHECK(getsid(child.pid()) == child.pid());
  CHECK(std::filesystem::read_symlink("/proc/" + std::to_string(child.pid()) + "/cwd") == "/");
  CHECK(field_of_status(child.pid(), "SigIgn") == "0000000000000000");
  CHECK(field_of_status(child.pid(), "SigBlk") == "0000000000000000");
}

TEST_CASE("a child can be made the first to go when memory runs out") {
  SpawnRequest request = shell("exec sleep 100");
  request.oom_score_adj = 900;
  const Child child = *Child::spawn(request);
  const std::string path = "/proc/" + std::to_string(child.pid()) + "/oom_score_adj";
  CHECK(*read_file(path, kib(1)) == "900\n");
}

TEST_CASE("an owner that goes away takes its child with it") {
  pid_t pid = -1;
  {
    const Child child = *Child::spawn(shell("exec sleep 100"));
    pid = child.pid();
  }
  CHECK(kill(pid, 0) == -1);
  CHECK(errno == ESRCH);
}

TEST_CASE("a child dies when its parent is killed") {
  auto [near, far] = *stream_pair();
  const pid_t parent = fork();
  REQUIRE(parent >= 0);
  if (parent == 0) {
    SpawnRequest request = shell("echo ready >&5; exec sleep 100");
    request.descriptors = {{far.get(), 5}};
    const Result<Child> child = Child::spawn(request);
    far = Fd();
    pause();
    _exit(child ? 0 : 1);
  }
  far = Fd();
  std::array<char, 16> buffer{};
  REQUIRE(becomes_readable(near.get()));
  REQUIRE(read(near.get(), buffer.data(), buffer.size()) > 0);
  kill(parent, SIGKILL);
  // The grandchild holds the last copy of the other end: its death is the end of the stream.
  pollfd entry{near.get(), POLLIN, 0};
  CHECK(poll(&entry, 1, 1000) == 1);
  CHECK(read(near.get(), buffer.data(), buffer.size()) == 0);
  waitpid(parent, nullptr, 0);
}

}  // namespace civicum
