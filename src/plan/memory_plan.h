// SPDX-License-Identifier: GPL-3.0-or-later
// The ledger: one memory budget, split into shares with a reason each. Pure: the same arguments,
// the same plan. It always answers: what does not fit is in `missing` with what would make it fit,
// what was cut to fit is in `sacrificed`.
//
// Invariant: the limits of all shares together never exceed the budget, and the budget is never
// "off": where nothing limits the machine it is 70 % of its memory.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.h"

namespace civicum {

enum class ShareKind : std::uint8_t {
  System,
  PageCache,
  Weights,
  KvCache,
  Compute,
  PromptCache,
  Readers,
  Database,
  Gateway,
  Reserve
};
std::string_view name_of(ShareKind kind);

/// What the machine is, as far as it is known.
struct PlanHost {
  std::optional<Bytes> memory = {};  ///< of the whole machine
  std::optional<Bytes> limit = {};   ///< the tightest cgroup limit above us
  Bytes swap = {};
  unsigned cpu_count = 1;  ///< usable: affinity, quota and cores, rounded down
};

/// A model's needs; llm/ reads them from its file.
struct ModelNeeds {
  std::string name;
  Bytes weights;       ///< mapped from the file: the kernel may take them back
  Bytes kv_cache;      ///< of all slots
  Bytes compute;       ///< buffers, and what the process itself takes
  Bytes prompt_cache;  ///< at most
};

enum class DatabaseKind : std::uint8_t {
  Sqlite,    ///< inside civicum
  Postgres,  ///< on this machine
  PostgresElsewhere
};

struct PlanWishes {
  std::optional<Bytes> memory = {};  ///< the budget, in place of what the machine says
  std::optional<std::uint32_t> readers = {};
  DatabaseKind database = DatabaseKind::Sqlite;
  std::span<const ModelNeeds> models = {};
};

struct Share {
  std::string name;  ///< "readers", "database", or a model's
  ShareKind kind = ShareKind::Reserve;
  Bytes bytes;
  bool is_reclaimable = false;  ///< the kernel may take it back: not lost, only slower
  std::string reason;
};

/// What a cage or a unit file gets for one consumer.
struct ConsumerLimits {
  std::string name;  ///< "model NAME", "readers", "database", "gateway"
  Bytes memory_max;
  Bytes swap_max;
  std::uint32_t cpu_weight = 100;  ///< cgroup v2 cpu.weight
  std::uint32_t pids_max = 256;
  int oom_score_adj = 0;
};

struct Shortfall {
  std::string what;  ///< "the model llama-8b"
  Bytes needed;
  Bytes left;          ///< of the budget for it
  std::string remedy;  ///< what would make it fit
};

enum class Verdict : std::uint8_t { Fits, Tight, DoesNotFit };
std::string_view name_of(Verdict verdict);

struct MemoryPlan {
  /// Where the budget comes from.
  enum class Basis : std::uint8_t { Asked, CgroupLimit, ShareOfMemory, Guess };

  Verdict verdict = Verdict::Fits;
  Bytes budget;
  Basis basis = Basis::Asked;
  std::uint32_t readers = 1;
  std::uint32_t reader_threads = 1;
  std::uint32_t model_threads = 1;
  std::vector<Share> shares = {};
  std::vector<ConsumerLimits> limits = {};
  std::vector<Shortfall> missing = {};
  std::vector<std::string> sacrificed = {};
};

MemoryPlan plan_memory(const PlanHost& host, const PlanWishes& wishes);

/// The budget where nothing limits the machine.
inline constexpr unsigned unlimited_budget_percent = 70;

}  // namespace civicum
