// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/reader_cages.h"

#include <cstdlib>

#include "host/cgroup_memory.h"
#include "host/cgroup_path.h"
#include "plan/admission.h"

namespace civicum {
namespace {

// Beside what readers hold themselves: the files that they map, which the kernel can take back.
constexpr Bytes file_bytes = mib(64);
// A reader has one thread and starts no process; its libraries may have a few for a moment.
constexpr std::uint32_t reader_pids_max = 32;

bool is_switched_off() {
  const char* wish = std::getenv("CIVICUM_CAGES");
  return wish != nullptr && std::string_view(wish) == "off";
}

}  // namespace

ReaderCages::ReaderCages(Bytes memory) {
  if (is_switched_off()) {
    why_none_ = "CIVICUM_CAGES=off";
    return;
  }
  auto tree = CageTree::open(find_own_cgroups(HostRoot{}));
  if (tree) {
    const Status limited = tree->limit({.memory_max = memory - parent_bytes + file_bytes});
    if (limited) {
      tree_ = *std::move(tree);
    } else {
      why_none_ = limited.error().what;
    }
  } else {
    why_none_ = tree.error().what;
  }
}

std::optional<Cage> ReaderCages::make() {
  if (!tree_) return std::nullopt;
  auto cage = tree_->make("reader");
  if (!cage) return std::nullopt;
  (void)cage->limit({.pids_max = reader_pids_max});
  return *std::move(cage);
}

MemoryKill ReaderCages::memory_kill(const Cage& cage) const {
  const auto own = read_oom_events(tree_->version(), cage.memory_folder());
  if (!own || own->kills == 0) return MemoryKill::None;
  if (own->has_met_limit) return MemoryKill::ByCage;
  const auto all = read_oom_events(tree_->version(), tree_->memory_folder());
  return all && all->has_met_limit ? MemoryKill::ByCage : MemoryKill::ByHost;
}

std::string_view ReaderCages::level() const {
  if (!tree_) return "";
  return tree_->version() == CgroupVersion::V2 ? "cgroup2" : "cgroup1";
}

}  // namespace civicum
