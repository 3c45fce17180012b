// SPDX-License-Identifier: GPL-3.0-or-later
// Captured files of both versions, and real cages of this machine.
#include "host/cgroup_memory.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>

#include "host/captured_root.h"
#include "host/cgroup_path.h"
#include "os/child.h"

namespace civicum {
namespace {

Child spawn_in(const Cage& cage, const std::string& script) {
  SpawnRequest request;
  request.program = "/bin/sh";
  request.args = {"-c", script};
  request.environment = {"PATH=/usr/bin:/bin"};
  request.cgroup_procs = cage.procs_fds();
  return *Child::spawn(request);
}

CgroupOomEvents events_of(const CageTree& tree, const Cage& cage) {
  return *read_oom_events(tree.version(), cage.memory_folder());
}

/// Empty, and counted as skipped, on a machine where no cage can be made.
std::optional<CageTree> open_tree() {
  auto tree = CageTree::open(find_own_cgroups(HostRoot{}));
  if (tree) return *std::move(tree);
  MESSAGE("SKIPPED: " << tree.error().what);
  return std::nullopt;
}

/// Reads until the end of a line is found: it keeps all of it.
const std::string take_all_memory = "exec tail /dev/zero";

}  // namespace

TEST_CASE("of a cgroup that cannot be read nothing is known") {
  for (const CgroupVersion version : {CgroupVersion::V1, CgroupVersion::V2}) {
    CHECK_FALSE(read_oom_events(version, "/cg", CapturedRoot{}.root()));
  }
}

TEST_CASE("a kill by the own limit is told from one by a limit above") {
  const CapturedRoot own{
      {"/cg/memory.events", "low 0\nhigh 0\nmax 40\noom 1\noom_kill 1\noom_group_kill 0\n"},
      {"/cg/memory.events.local", "low 0\nhigh 0\nmax 40\noom 1\noom_kill 1\n"}};
  const auto by_own = read_oom_events(CgroupVersion::V2, "/cg", own.root());
  CHECK(by_own->kills == 1);
  CHECK(by_own->has_met_limit);
  const CapturedRoot above{{"/cg/memory.events", "low 0\nhigh 0\nmax 0\noom 0\noom_kill 1\n"},
                           {"/cg/memory.events.local", "max 0\noom 0\noom_kill 1\n"}};
  const auto by_above = read_oom_events(CgroupVersion::V2, "/cg", above.root());
  CHECK(by_above->kills == 1);
  CHECK_FALSE(by_above->has_met_limit);
  const CapturedRoot v1{{"/cg/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n"},
                        {"/cg/memory.failcnt", "0\n"},
                        {"/cg/memory.memsw.max_usage_in_bytes", "33554432\n"},
                        {"/cg/memory.memsw.limit_in_bytes", "33554432\n"}};
  const auto on_v1 = read_oom_events(CgroupVersion::V1, "/cg", v1.root());
  CHECK(on_v1->kills == 2);
  CHECK(on_v1->has_met_limit);
}

TEST_CASE("a child that takes more than its cage allows is ended there, and counted") {
  auto tree = open_tree();
  if (!tree) return;
  Cage cage = *tree->make("test");
  CHECK(cage.limit({.memory_max = mib(32), .swap_max = Bytes{0}}));
  Child child = spawn_in(cage, take_all_memory);
  CHECK(*child.wait() == WaitStatus(Signalled{SIGKILL, false}));
  CHECK(events_of(*tree, cage).kills == 1);
  CHECK(events_of(*tree, cage).has_met_limit);
}

TEST_CASE("a child that is killed from outside leaves no count") {
  auto tree = open_tree();
  if (!tree) return;
  Cage cage = *tree->make("test");
  CHECK(cage.limit({.memory_max = mib(32)}));
  Child child = spawn_in(cage, "exec sleep 100");
  child.kill();
  CHECK(*child.wait() == WaitStatus(Signalled{SIGKILL, false}));
  CHECK(events_of(*tree, cage).kills == 0);
}

TEST_CASE("the limit of the tree holds for its cages together, and is told from their own") {
  auto tree = open_tree();
  if (!tree) return;
  CHECK(tree->limit({.memory_max = mib(32), .swap_max = Bytes{0}}));
  Cage cage = *tree->make("test");
  CHECK(cage.limit({.memory_max = mib(512)}));
  Child child = spawn_in(cage, take_all_memory);
  CHECK(*child.wait() == WaitStatus(Signalled{SIGKILL, false}));
  CHECK(events_of(*tree, cage).kills == 1);
  CHECK_FALSE(events_of(*tree, cage).has_met_limit);
  CHECK(read_oom_events(tree->version(), tree->memory_folder())->has_met_limit);
}

TEST_CASE("a cage is there while its child lives, and gone after it") {
  auto tree = open_tree();
  if (!tree) return;
  std::string folder;
  {
    Cage cage = *tree->make("test");
    folder = cage.memory_folder();
    const Child child = spawn_in(cage, "exec sleep 100");
    CHECK(std::filesystem::exists(folder));
  }
  CHECK_FALSE(std::filesystem::exists(folder));
}

TEST_CASE("a cage ends what its child has left in it") {
  auto tree = open_tree();
  if (!tree) return;
  std::string folder;
  {
    Cage cage = *tree->make("test");
    folder = cage.memory_folder();
    Child child = spawn_in(cage, "sleep 100 & exit 0");
    CHECK(*child.wait() == WaitStatus(Exited{0}));
  }
  CHECK_FALSE(std::filesystem::exists(folder));
}

TEST_CASE("the count of processes is limited where the kernel counts them") {
  auto tree = open_tree();
  if (!tree) return;
  Cage cage = *tree->make("test");
  CHECK(cage.limit({.pids_max = 1}));
  Child child = spawn_in(cage, "sleep 0; exit 0");
  CHECK(*child.wait() != WaitStatus(Exited{0}));
}

TEST_CASE("what a killed process has left is removed by the next, what a live one holds is not") {
  auto live = open_tree();
  if (!live) return;
  const std::string held = live->memory_folder();
  std::array<int, 2> ends{};
  REQUIRE(pipe(ends.data()) == 0);
  const pid_t pid = fork();
  if (pid == 0) {
    auto tree = CageTree::open(find_own_cgroups(HostRoot{}));
    auto cage = tree->make("reader");
    (void)write_all(ends[1], cage->memory_folder());
    (void)kill(getpid(), SIGKILL);
  }
  close(ends[1]);
  std::array<char, 512> text{};
  const ssize_t count = read(ends[0], text.data(), text.size());
  close(ends[0]);
  REQUIRE(count > 0);
  const std::string left(text.data(), static_cast<std::size_t>(count));
  REQUIRE(waitpid(pid, nullptr, 0) == pid);
  CHECK(std::filesystem::exists(left));
  const auto next = open_tree();
  CHECK_FALSE(std::filesystem::exists(std::filesystem::path(left).parent_path()));
  CHECK(std::filesystem::exists(held));
}

TEST_CASE("a cgroup of another's making is left alone, whatever it is called") {
  auto tree = open_tree();
  if (!tree) return;
  const auto parent = std::filesystem::path(tree->memory_folder()).parent_path();
  for (const char* name : {"civicum-1234", "civicum-cages.service", "civicum-cages-12.scope"}) {
    const std::filesystem::path folder = parent / name;
    REQUIRE(std::filesystem::create_directory(folder));
    const auto other = open_tree();
    CHECK(std::filesystem::exists(folder));
    CHECK(rmdir(folder.c_str()) == 0);
  }
}

TEST_CASE("where no tree is mounted no cage can be made, and the sentence says so") {
  const auto none = CageTree::open(OwnCgroups{});
  REQUIRE_FALSE(none);
  CHECK(none.error().kind == ErrorKind::Unavailable);
}

}  // namespace civicum
