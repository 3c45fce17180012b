// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/memory_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "plan/admission.h"

namespace civicum {
namespace {

// A Debian without a desktop: kernel, systemd, journal, sshd. Counted where the budget is the whole
// machine.
constexpr Bytes system_bytes = mib(768);
constexpr Bytes system_from = gib(2);
// Documents and the database are read through it; it is also what a burst takes first.
constexpr std::uint64_t page_cache_divisor = 8;
constexpr Bytes page_cache_min = mib(64);
constexpr Bytes page_cache_max = mib(1280);
// civicum itself, uploads in flight, and the crawler.
constexpr std::uint64_t gateway_divisor = 16;
constexpr Bytes gateway_min = mib(64);
constexpr Bytes gateway_max = mib(256);
// shared_buffers 128 MB, 20 sessions of 12 MB at most, work_mem 16 MB for some of them at a time,
// autovacuum; bench/results/queue.md has its sessions.
constexpr Bytes postgres_bytes = gib(1);
constexpr Bytes postgres_min_bytes = mib(384);
// The largest page that is read at all, 50 million pixels, in its cage of three times its
// prediction; and what two ordinary pages of A4 at 300 dpi need.
constexpr Bytes reader_whole_bytes = mib(896);
constexpr Bytes reader_min_bytes = mib(96);
constexpr Bytes readers_base_bytes = mib(64);
// An answer's buffers differ from request to request: a model's limit leaves a tenth, 256 MiB at
// least, beyond what was computed.
constexpr std::uint64_t model_margin_divisor = 10;
constexpr Bytes model_margin_min = mib(256);
constexpr Bytes model_swap_bytes = gib(2);
constexpr Bytes readers_swap_bytes = gib(1);
constexpr Bytes smallest_useful_bytes = mib(192);
constexpr Bytes guessed_memory = gib(1);

constexpr std::uint32_t readers_max = 16;
constexpr std::uint32_t weight_model = 300;
constexpr std::uint32_t weight_readers = 200;
constexpr std::uint32_t weight_database = 100;
constexpr std::uint32_t weight_gateway = 50;
constexpr std::uint32_t pids_model = 512;
constexpr std::uint32_t pids_other = 256;
constexpr int oom_keep = -500;
constexpr int oom_readers = 900;
// From so many cores on a model leaves one to the readers and the loop.
constexpr unsigned spare_core_from = 3;

std::string text_of(Bytes bytes) {
  if (bytes >= gib(1)) {
    return fmt::format("{:.1f} GiB", static_cast<double>(bytes.count) / (1ULL << 30));
  }
  return fmt::format("{} MiB", bytes.count >> 20);
}

Bytes percent_of(Bytes bytes, unsigned percent) { return {bytes.count / 100 * percent}; }

Bytes total_of(const ModelNeeds& model) {
  return model.weights + model.kv_cache + model.compute + model.prompt_cache;
}

Bytes limit_of(const ModelNeeds& model) {
  const Bytes total = total_of(model);
  return total + std::max(model_margin_min, Bytes{total.count / model_margin_divisor});
}

/// Takes shares off the budget in the order of who may not be missing.
class Planner {
 public:
  Planner(const PlanHost& host, const PlanWishes& wishes) : host_(host), wishes_(wishes) {}

  MemoryPlan plan() {
    choose_budget();
    choose_threads();
    take_system();
    take_gateway();
    take_database();
    reserve_readers();
    take_page_cache();
    for (const ModelNeeds& model : wishes_.models) take_model(model);
    take_readers();
    add_rest();
    plan_.verdict = !plan_.missing.empty()      ? Verdict::DoesNotFit
                    : !plan_.sacrificed.empty() ? Verdict::Tight
                                                : Verdict::Fits;
    return std::move(plan_);
  }

 private:
  void choose_budget() {
    using Basis = MemoryPlan::Basis;
    const Bytes memory = host_.memory.value_or(guessed_memory);
    if (wishes_.memory) {
      plan_.budget = *wishes_.memory;
      plan_.basis = Basis::Asked;
    } else if (host_.limit && *host_.limit < memory) {
      plan_.budget = *host_.limit;
      plan_.basis = Basis::CgroupLimit;
    } else {
      plan_.budget = percent_of(memory, unlimited_budget_percent);
      plan_.basis = host_.memory ? Basis::ShareOfMemory : Basis::Guess;
    }
    left_ = plan_.budget;
    if (plan_.budget >= smallest_useful_bytes) return;
    plan_.missing.push_back(
        {"one reader and civicum itself", smallest_useful_bytes, plan_.budget, ""});
  }

  void choose_threads() {
    const unsigned cores = std::max(1U, host_.cpu_count);
    plan_.model_threads = cores >= spare_core_from ? cores - 1 : cores;
    plan_.readers = std::min(wishes_.readers.value_or(std::min(cores, readers_max)), readers_max);
    plan_.readers = std::max<std::uint32_t>(1, plan_.readers);
  }

  /// What there is of `wished`, taken off what is left.
  Bytes take(Bytes wished) {
    const Bytes taken = std::min(wished, left_);
    left_ = left_ - taken;
    return taken;
  }

  void add(std::string name, ShareKind kind, Bytes bytes, std::string reason) {
    const bool is_reclaimable = kind == ShareKind::Weights || kind == ShareKind::PageCache;
    plan_.shares.push_back({std::move(name), kind, bytes, is_reclaimable, std::move(reason)});
  }

  /// The rest of the machine lives from what the budget leaves. One that was asked for is taken for
  /// a whole machine's, unless it is too small for that.
  void take_system() {
    if (plan_.basis == MemoryPlan::Basis::Asked && plan_.budget >= system_from) {
      add("system", ShareKind::System, take(system_bytes),
          "kernel and services: what was asked for is taken for a whole machine");
    }
  }

  void take_page_cache() {
    page_cache_ = take(
        std::clamp(Bytes{plan_.budget.count / page_cache_divisor}, page_cache_min, page_cache_max));
  }

  void take_gateway() {
    const Bytes taken =
        take(std::clamp(Bytes{plan_.budget.count / gateway_divisor}, gateway_min, gateway_max));
    add("gateway", ShareKind::Gateway, taken, "civicum itself, uploads, the crawler");
    plan_.limits.push_back({"gateway", taken, {}, weight_gateway, pids_other, oom_keep});
  }

  void take_database() {
    if (wishes_.database != DatabaseKind::Postgres) return;
    // A machine that is too small for a whole one gets a small one.
    Bytes wished = std::min(postgres_bytes, Bytes{plan_.budget.count / 8});
    wished = std::max(wished, postgres_min_bytes);
    const Bytes taken = take(wished);
    add("database", ShareKind::Database, taken,
        "PostgreSQL: shared_buffers 128 MB, work_mem 16 MB, its sessions");
    plan_.limits.push_back({"database", taken, {}, weight_database, pids_other, oom_keep});
    if (taken < postgres_min_bytes) {
      plan_.missing.push_back({"PostgreSQL", postgres_min_bytes, taken, "the SQLite store"});
    } else if (taken < postgres_bytes) {
      plan_.sacrificed.push_back("PostgreSQL gets " + text_of(taken) + " of " +
                                 text_of(postgres_bytes) + ": set max_connections to 20 or fewer");
    }
  }

  /// Put aside before models come: documents are read whatever else there is.
  void reserve_readers() {
    const Bytes wished = readers_base_bytes + Bytes{reader_min_bytes.count * plan_.readers};
    readers_kept_ = take(std::min(wished, Bytes{left_.count / 4 * 3}));
  }

  void take_model(const ModelNeeds& model) {
    const Bytes needed = limit_of(model);
    if (needed > left_) {
      plan_.missing.push_back({"the model " + model.name, needed, left_,
                               "a smaller context or a quantised KV cache (" +
                                   text_of(model.kv_cache) + " now), a smaller quantisation (" +
                                   text_of(model.weights) +
                                   " of weights now), or the model on another machine"});
      return;
    }
    left_ = left_ - needed;
    add(model.name, ShareKind::Weights, model.weights, "mapped from its file");
    add(model.name, ShareKind::KvCache, model.kv_cache, "context of all slots");
    add(model.name, ShareKind::Compute, model.compute + (needed - total_of(model)),
        "buffers, the process, and a margin");
    add(model.name, ShareKind::PromptCache, model.prompt_cache, "prompts that may come again");
    plan_.limits.push_back({"model " + model.name, needed, std::min(model_swap_bytes, host_.swap),
                            weight_model, pids_model, oom_keep});
  }

  void take_readers() {
    const Bytes wished{reader_whole_bytes.count * plan_.readers};
    const Bytes more = take(wished - readers_kept_);
    const Bytes bytes = readers_kept_ + more;
    add("readers", ShareKind::Readers, bytes,
        fmt::format("{} at a time, each in a cage of at most {}", plan_.readers,
                    text_of(std::min(reader_whole_bytes, bytes))));
    plan_.limits.push_back({"readers", bytes, std::min(readers_swap_bytes, host_.swap),
                            weight_readers, pids_other, oom_readers});
    if (bytes >= wished) return;
    plan_.sacrificed.push_back(
        fmt::format("readers get {} of {}: fewer large pages at a time, the largest at fewer dpi",
                    text_of(bytes), text_of(wished)));
  }

  /// What nobody needs is page cache too, but for the reserve that admission keeps free.
  void add_rest() {
    add("page cache", ShareKind::PageCache, page_cache_, "files that are read again");
    if (left_.count > 0) {
      add("reserve", ShareKind::Reserve, left_, "not planned: bursts, and page cache meanwhile");
    }
  }

  const PlanHost& host_;
  const PlanWishes& wishes_;
  MemoryPlan plan_;
  Bytes left_;
  Bytes page_cache_;
  Bytes readers_kept_;
};

/// A budget in which everything fits, in whole MiB: other shares grow with it, so it is planned
/// again until it does.
Bytes find_fitting_budget(const PlanHost& host, PlanWishes wishes, MemoryPlan plan) {
  constexpr int tries_max = 16;
  for (int tries = 0; tries < tries_max && !plan.missing.empty(); ++tries) {
    Bytes more = plan.budget + Bytes{mib(1).count - 1};
    for (const Shortfall& shortfall : plan.missing) {
      more = more + (shortfall.needed - shortfall.left);
    }
    wishes.memory = Bytes{more.count >> 20 << 20};
    plan = Planner(host, wishes).plan();
  }
  return plan.budget;
}

}  // namespace

std::string_view name_of(ShareKind kind) {
  switch (kind) {
    case ShareKind::System:
      return "system";
    case ShareKind::PageCache:
      return "page_cache";
    case ShareKind::Weights:
      return "weights";
    case ShareKind::KvCache:
      return "kv_cache";
    case ShareKind::Compute:
      return "compute";
    case ShareKind::PromptCache:
      return "prompt_cache";
    case ShareKind::Readers:
      return "readers";
    case ShareKind::Database:
      return "database";
    case ShareKind::Gateway:
      return "gateway";
    case ShareKind::Reserve:
      return "reserve";
  }
  return "";
}

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::Fits:
      return "fits";
    case Verdict::Tight:
      return "tight";
    case Verdict::DoesNotFit:
      return "does_not_fit";
  }
  return "";
}

MemoryPlan plan_memory(const PlanHost& host, const PlanWishes& wishes) {
  MemoryPlan plan = Planner(host, wishes).plan();
  if (plan.missing.empty()) return plan;
  const std::string more =
      "--memory " + std::to_string(find_fitting_budget(host, wishes, plan).count >> 20) + "M";
  for (Shortfall& shortfall : plan.missing) {
    shortfall.remedy += (shortfall.remedy.empty() ? "" : "; or ") + more;
  }
  return plan;
}

}  // namespace civicum
