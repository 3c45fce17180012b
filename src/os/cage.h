// SPDX-License-Identifier: GPL-3.0-or-later
// Cages: a cgroup of its own around each child, with limits that the kernel keeps. Format and
// rules: Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst of the kernel.
//
//   the own cgroup            on v2 also one above it that may be divided
//   ├─ main                   v2: where this process went, because only leaves may hold any
//   └─ civicum-cages-PID-RANDOM   one CageTree; locked (flock) while its process lives
//      ├─ reader-1            one Cage
//      └─ …
//
// Invariant: a cage is made for one child and never used again: a cgroup that was once ended by
// cgroup.kill kills whatever is started in it later (Linux 6.12 and 6.18, measured). Trees whose
// lock is free were left by a process that was killed: the next one ends and removes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "os/fd.h"

namespace civicum {

enum class CgroupVersion : std::uint8_t { V1, V2 };

/// Where this process sits, as host/cgroup_path.h finds it: folders from its own upwards. On v2
/// `memory` names the one tree and the others are empty; on v1 each controller has a tree, and one
/// that is not mounted is empty.
struct OwnCgroups {
  CgroupVersion version = CgroupVersion::V2;
  std::vector<std::string> memory;
  std::vector<std::string> cpu;
  std::vector<std::string> pids;
};

/// What is empty stays as it is.
struct CageLimits {
  std::optional<Bytes> memory_max = {};  ///< v1: of memory and swap together too
  std::optional<Bytes> swap_max = {};    ///< v2
  std::optional<std::uint32_t> pids_max = {};
  std::optional<std::uint32_t> cpu_weight = {};  ///< 1 to 10,000; 100 is normal
};

class Cage {
 public:
  Cage(Cage&&) noexcept = default;
  Cage& operator=(Cage&& other) noexcept {
    Cage(std::move(other)).swap(*this);
    return *this;
  }
  Cage(const Cage&) = delete;
  Cage& operator=(const Cage&) = delete;
  /// Ends what is still in it. To be called when its child has been reaped: a cgroup with a
  /// process in it cannot be removed.
  ~Cage();

  /// cgroup.procs of each of its cgroups, for SpawnRequest::cgroup_procs; borrowed.
  std::vector<int> procs_fds() const;
  /// Memory is what must hold; processor time and process counts are set where the kernel has them.
  /// A limit below what is used: Unavailable on v1; on v2 the kernel reclaims, then ends the child.
  Status limit(const CageLimits& limits);
  /// What host/cgroup_memory.h reads.
  const std::string& memory_folder() const { return folders_.front(); }

 private:
  friend class CageTree;
  explicit Cage(CgroupVersion version) : version_(version) {}
  void swap(Cage& other) noexcept;

  CgroupVersion version_;
  std::vector<std::string> folders_;  ///< one for each tree, that of memory first
  std::vector<Fd> procs_;
};

class CageTree {
 public:
  /// Finds or makes a cgroup that may be divided (v2: moves this process into `main`), removes what
  /// killed processes left there, and makes a tree for this one. Unavailable, with a sentence that
  /// says why and what would help, where no cage can be made.
  static Result<CageTree> open(const OwnCgroups& own);

  CageTree(CageTree&&) noexcept = default;
  CageTree& operator=(CageTree&& other) noexcept {
    CageTree(std::move(other)).swap(*this);
    return *this;
  }
  CageTree(const CageTree&) = delete;
  CageTree& operator=(const CageTree&) = delete;
  /// Its cages must be gone.
  ~CageTree();

  /// A new cage below the tree, without limits of its own; `kind` is for people: "reader".
  Result<Cage> make(std::string_view kind);
  /// Of all its cages together.
  Status limit(const CageLimits& limits);

  CgroupVersion version() const { return version_; }
  const std::string& memory_folder() const { return roots_.front().folder; }

 private:
  struct LockedFolder {
    std::string folder;
    Fd lock;
  };
  explicit CageTree(CgroupVersion version) : version_(version) {}
  static Result<LockedFolder> make_root(const std::string& parent, const std::string& name);
  void swap(CageTree& other) noexcept;

  CgroupVersion version_;
  std::vector<LockedFolder> roots_;  ///< that of memory first; v1: one for each controller
  std::uint64_t made_count_ = 0;
};

}  // namespace civicum
