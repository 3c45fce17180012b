// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/cage.h"

#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "os/cgroup_files.h"
#include "os/random.h"

namespace civicum {
namespace {

// Nobody else's cgroup is called so: what is swept is ended.
constexpr std::string_view tree_prefix = "civicum-cages-";
constexpr int lock_tries_max = 10;
// v1 has shares of 1,024 where v2 has a weight of 100.
constexpr std::uint64_t v1_shares_normal = 1024;
constexpr std::uint64_t weight_normal = 100;
constexpr std::array<std::string_view, 3> v2_controllers = {"memory", "cpu", "pids"};

bool try_lock(int fd) {
  int answer = -1;
  do {
    answer = flock(fd, LOCK_EX | LOCK_NB);
  } while (answer != 0 && errno == EINTR);
  return answer == 0;
}

Result<Fd> open_folder(const std::string& folder) {
  return open_file(folder, O_RDONLY | O_DIRECTORY);
}

/// The prefix, the process and a random number.
bool is_tree_name(const std::string& name) {
  return name.starts_with(tree_prefix) && name.size() > tree_prefix.size() &&
         name.find_first_not_of("0123456789-", tree_prefix.size()) == std::string::npos;
}

/// Ends and removes the trees whose process is gone: their locks are free.
void sweep(const std::string& parent) {
  std::error_code failed;
  std::vector<std::string> left;
  for (const auto& entry : std::filesystem::directory_iterator(parent, failed)) {
    if (!is_tree_name(entry.path().filename().string())) continue;
    const Result<Fd> folder = open_folder(entry.path());
    if (folder && try_lock(folder->get())) left.push_back(entry.path());
  }
  for (const std::string& folder : left) end_cgroup(folder);
}

Status write_number(const std::string& file, std::uint64_t number) {
  return write_cgroup(file, std::to_string(number));
}

/// The limit of memory and that of both together: neither may cross the other on the way.
Status limit_v1_memory(const std::string& folder, Bytes most) {
  const std::string both = folder + "/memory.memsw.limit_in_bytes";
  const bool has_both = access(both.c_str(), F_OK) == 0;
  if (has_both) (void)write_number(both, most.count);
  (void)TRY(write_number(folder + "/memory.limit_in_bytes", most.count));
  return has_both ? write_number(both, most.count) : Status(Done{});
}

/// In every folder the file is looked for: on v1 it is in one of three.
void write_where_it_is(const std::vector<std::string>& folders, const std::string& name,
                       std::uint64_t number) {
  for (const std::string& folder : folders) {
    const std::string file = fmt::format("{}/{}", folder, name);
    if (access(file.c_str(), W_OK) == 0) (void)write_number(file, number);
  }
}

Status apply(CgroupVersion version, const std::vector<std::string>& folders,
             const CageLimits& limits) {
  const bool is_v1 = version == CgroupVersion::V1;
  const std::string& memory = folders.front();
  if (limits.pids_max) write_where_it_is(folders, "pids.max", *limits.pids_max);
  if (limits.cpu_weight) {
    const std::uint64_t shares = *limits.cpu_weight * v1_shares_normal / weight_normal;
    write_where_it_is(folders, is_v1 ? "cpu.shares" : "cpu.weight",
                      is_v1 ? std::max<std::uint64_t>(2, shares) : *limits.cpu_weight);
  }
  if (limits.swap_max && !is_v1) {
    write_where_it_is(folders, "memory.swap.max", limits.swap_max->count);
  }
  if (!limits.memory_max) return Done{};
  if (is_v1) return limit_v1_memory(memory, *limits.memory_max);
  return write_number(memory + "/memory.max", limits.memory_max->count);
}

}  // namespace

Cage::~Cage() {
  for (const std::string& folder : folders_) end_cgroup(folder);
}

void Cage::swap(Cage& other) noexcept {
  std::swap(version_, other.version_);
  folders_.swap(other.folders_);
  procs_.swap(other.procs_);
}

std::vector<int> Cage::procs_fds() const {
  std::vector<int> fds;
  for (const Fd& procs : procs_) fds.push_back(procs.get());
  return fds;
}

Status Cage::limit(const CageLimits& limits) { return apply(version_, folders_, limits); }

Result<CageTree::LockedFolder> CageTree::make_root(const std::string& parent,
                                                   const std::string& name) {
  const std::string folder = parent + "/" + name;
  // Another process that sweeps may lock and remove it before it is locked here.
  for (int tries = 0; tries < lock_tries_max; ++tries) {
    if (mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST) {
      return last_os_failure("make the cgroup " + folder);
    }
    Result<Fd> lock = open_folder(folder);
    if (lock && try_lock(lock->get()) && access(folder.c_str(), F_OK) == 0) {
      return LockedFolder{folder, *std::move(lock)};
    }
  }
  return Error{ErrorKind::Unavailable, "make the cgroup " + folder + ": it is removed at once"};
}

Result<CageTree> CageTree::open(const OwnCgroups& own) {
  if (own.memory.empty()) {
    return Error{ErrorKind::Unavailable, "no cgroup tree with a memory controller is mounted"};
  }
  const bool is_v1 = own.version == CgroupVersion::V1;
  const std::string parent = is_v1 ? own.memory.front() : TRY(find_divisible(own.memory));
  sweep(parent);
  const std::string name = std::string(tree_prefix) + std::to_string(getpid()) + "-" +
                           std::to_string(random_token() & 0xffffff);
  CageTree tree(own.version);
  tree.roots_.push_back(TRY(make_root(parent, name)));
  if (!is_v1) {
    for (const std::string_view controller : v2_controllers) {
      (void)hand_down(parent, controller);
      const Status handed = hand_down(tree.memory_folder(), controller);
      if (controller == "memory" && !handed) return handed.error();
    }
    return tree;
  }
  for (const std::vector<std::string>* path : {&own.cpu, &own.pids}) {
    if (path->empty()) continue;
    sweep(path->front());
    auto root = make_root(path->front(), name);
    if (root) tree.roots_.push_back(*std::move(root));
  }
  return tree;
}

CageTree::~CageTree() {
  for (const LockedFolder& root : roots_) end_cgroup(root.folder);
}

void CageTree::swap(CageTree& other) noexcept {
  std::swap(version_, other.version_);
  roots_.swap(other.roots_);
  std::swap(made_count_, other.made_count_);
}

Result<Cage> CageTree::make(std::string_view kind) {
  const std::string name = "/" + std::string(kind) + "-" + std::to_string(++made_count_);
  Cage cage(version_);
  for (const LockedFolder& root : roots_) {
    const std::string folder = root.folder + name;
    if (mkdir(folder.c_str(), 0755) != 0) return last_os_failure("make the cgroup " + folder);
    cage.folders_.push_back(folder);
    cage.procs_.push_back(TRY(open_file(folder + "/cgroup.procs", O_WRONLY)));
  }
  return cage;
}

Status CageTree::limit(const CageLimits& limits) {
  std::vector<std::string> folders;
  for (const LockedFolder& root : roots_) folders.push_back(root.folder);
  return apply(version_, folders, limits);
}

}  // namespace civicum
