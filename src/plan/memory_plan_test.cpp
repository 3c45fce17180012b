// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/memory_plan.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace civicum;

namespace {

/// An 8B model in Q4_K_M at a context of 8192 with a q8_0 KV cache.
const ModelNeeds llama_8b = {"llama-8b", mib(4693), mib(544), mib(640), mib(256)};

const PlanHost reference = {gib(12), {}, gib(4), 4};

Bytes share_of(const MemoryPlan& plan, ShareKind kind) {
  Bytes bytes;
  for (const Share& share : plan.shares) {
    if (share.kind == kind) bytes = bytes + share.bytes;
  }
  return bytes;
}

Bytes total_of(const MemoryPlan& plan) {
  Bytes bytes;
  for (const Share& share : plan.shares) bytes = bytes + share.bytes;
  return bytes;
}

const ConsumerLimits& limits_of(const MemoryPlan& plan, const std::string& name) {
  const auto found = std::find_if(plan.limits.begin(), plan.limits.end(),
                                  [&](const ConsumerLimits& one) { return one.name == name; });
  REQUIRE(found != plan.limits.end());
  return *found;
}

bool is_within(Bytes bytes, double least_gb, double most_gb) {
  const double gb = static_cast<double>(bytes.count) / (1 << 30);
  return gb >= least_gb && gb <= most_gb;
}

}  // namespace

TEST_CASE("the reference machine: 12 GB, 4 cores, an 8B model, two readers, PostgreSQL") {
  const MemoryPlan plan =
      plan_memory(reference, {gib(12), 2, DatabaseKind::Postgres, std::span(&llama_8b, 1)});
  CHECK(plan.verdict == Verdict::Fits);
  CHECK(is_within(share_of(plan, ShareKind::System) + share_of(plan, ShareKind::PageCache), 2.0,
                  2.5));
  const ConsumerLimits& model = limits_of(plan, "model llama-8b");
  const ConsumerLimits& readers = limits_of(plan, "readers");
  const ConsumerLimits& database = limits_of(plan, "database");
  const ConsumerLimits& gateway = limits_of(plan, "gateway");
  CHECK(is_within(model.memory_max, 6.5, 7.5));
  CHECK(model.swap_max == gib(2));
  CHECK(is_within(readers.memory_max, 1.75, 3.5));
  CHECK(readers.swap_max == gib(1));
  CHECK(database.memory_max == gib(1));
  CHECK(is_within(gateway.memory_max, 0.25, 1.5));
  CHECK(model.cpu_weight == 6 * gateway.cpu_weight);
  CHECK(readers.cpu_weight == 4 * gateway.cpu_weight);
  CHECK(database.cpu_weight == 2 * gateway.cpu_weight);
  CHECK(model.pids_max == 512);
  CHECK(readers.pids_max == 256);
  CHECK(model.oom_score_adj == -500);
  CHECK(readers.oom_score_adj == 900);
  CHECK(total_of(plan) <= gib(12));
  CHECK(plan.model_threads == 3);
}

TEST_CASE("all that is planned adds up to the budget, whatever it is") {
  for (std::uint64_t mebibytes = 16; mebibytes < 70'000; mebibytes = mebibytes * 5 / 4 + 1) {
    for (const std::uint32_t readers : {1U, 2U, 8U, 99U}) {
      for (const bool has_model : {false, true}) {
        CAPTURE(mebibytes);
        CAPTURE(readers);
        const MemoryPlan plan =
            plan_memory(reference, {mib(mebibytes), readers, DatabaseKind::Postgres,
                                    std::span(&llama_8b, has_model ? 1 : 0)});
        CHECK(total_of(plan) == mib(mebibytes));
        Bytes limits;
        for (const ConsumerLimits& one : plan.limits) limits = limits + one.memory_max;
        CHECK(limits <= mib(mebibytes));
        CHECK((plan.verdict == Verdict::DoesNotFit) == !plan.missing.empty());
      }
    }
  }
}

TEST_CASE("the budget is the tightest limit, and where there is none a part of the memory") {
  CHECK(plan_memory({gib(24), gib(3), {}, 2}, {}).budget == gib(3));
  CHECK(plan_memory({gib(24), gib(3), {}, 2}, {}).basis == MemoryPlan::Basis::CgroupLimit);
  CHECK(plan_memory({gib(24), {}, {}, 2}, {}).budget == Bytes{gib(24).count / 100 * 70});
  CHECK(plan_memory({gib(24), gib(64), {}, 2}, {}).basis == MemoryPlan::Basis::ShareOfMemory);
  CHECK(plan_memory({gib(24), gib(3), {}, 2}, {.memory = gib(5)}).budget == gib(5));
  CHECK(plan_memory({}, {}).basis == MemoryPlan::Basis::Guess);
  CHECK(plan_memory({}, {}).budget > mib(500));
}

TEST_CASE("what does not fit is named with what would make it fit") {
  const MemoryPlan small =
      plan_memory(reference, {gib(4), 2, DatabaseKind::Sqlite, std::span(&llama_8b, 1)});
  CHECK(small.verdict == Verdict::DoesNotFit);
  REQUIRE(small.missing.size() == 1);
  CHECK(small.missing[0].what == "the model llama-8b");
  CHECK(small.missing[0].needed > small.missing[0].left);
  const std::string& remedy = small.missing[0].remedy;
  const std::size_t found = remedy.find("--memory ");
  REQUIRE(found != std::string::npos);
  const Bytes asked = mib(std::stoull(remedy.substr(found + 9)));
  CHECK(plan_memory(reference, {asked, 2, DatabaseKind::Sqlite, std::span(&llama_8b, 1)})
            .missing.empty());
  CHECK(plan_memory(reference, {mib(100)}).missing.size() == 1);
}

TEST_CASE("readers give way before anything is missing, and it is said") {
  const MemoryPlan plan = plan_memory({gib(1), {}, {}, 4}, {.memory = gib(1), .readers = 4});
  CHECK(plan.verdict == Verdict::Tight);
  CHECK(plan.missing.empty());
  REQUIRE_FALSE(plan.sacrificed.empty());
  CHECK(plan.sacrificed[0].find("readers") != std::string::npos);
}

TEST_CASE("a bigger budget never gives readers or models less") {
  Bytes before;
  for (std::uint64_t mebibytes = 256; mebibytes < 20'000; mebibytes += 128) {
    const MemoryPlan plan = plan_memory(reference, {mib(mebibytes), 4, DatabaseKind::Sqlite, {}});
    CAPTURE(mebibytes);
    // Where the budget becomes a whole machine the system's share comes off it, once.
    if (mebibytes != 2048) CHECK(limits_of(plan, "readers").memory_max >= before);
    before = limits_of(plan, "readers").memory_max;
  }
}

TEST_CASE("a model takes one thread less from three cores up") {
  for (const auto& [cores, threads] : {std::pair(1U, 1U), {2U, 2U}, {3U, 2U}, {4U, 3U}, {0U, 1U}}) {
    CHECK(plan_memory({gib(12), {}, {}, cores}, {}).model_threads == threads);
  }
}
