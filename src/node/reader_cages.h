// SPDX-License-Identifier: GPL-3.0-or-later
// The cages of this process's readers, below one limit for all of them, and what the kernel did in
// them. Where no cage can be made readers go without: their memory is looked at every 0.1 s
// instead (reader_pool.h), and their results do not name a cgroup.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "os/cage.h"
#include "plan/ladder.h"

namespace civicum {

class ReaderCages {
 public:
  /// `memory`: of all processes together. Never fails: why_none() then says why. The variable
  /// CIVICUM_CAGES=off goes without, for comparison.
  explicit ReaderCages(Bytes memory);

  /// For one reader; empty where it has to go without.
  std::optional<Cage> make();
  /// Of a reader that has ended.
  MemoryKill memory_kill(const Cage& cage) const;

  /// "cgroup2", "cgroup1", or "" where there are none.
  std::string_view level() const;
  const std::string& why_none() const { return why_none_; }

 private:
  std::optional<CageTree> tree_;
  std::string why_none_;
};

}  // namespace civicum
