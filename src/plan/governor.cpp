// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/governor.h"

#include <algorithm>
#include <numeric>

#include "plan/admission.h"

namespace civicum {
namespace {

using std::chrono::milliseconds;

constexpr Bytes reserve_min = mib(64);
constexpr Bytes reserve_max = mib(512);
constexpr std::uint64_t reserve_divisor = 16;
// Of ten seconds, half a second lost is felt and two are a machine that thrashes.
constexpr double stalled_admission_max = 5;
constexpr double stalled_relief_min = 20;
// What a step frees is seen in the figures by then.
constexpr milliseconds relief_interval{500};
constexpr milliseconds resume_interval{1'000};
// A paused reader keeps its memory: for so long that is cheaper than its page done twice.
constexpr milliseconds paused_max{30'000};
// A prediction is right within this; beyond it the page is not what it was taken for.
constexpr Bytes beyond_prediction_min = mib(32);
constexpr std::uint64_t over_budget_divisor = 16;

Bytes growth(Bytes predicted, Bytes held) { return predicted - held; }

Bytes sum(std::span<const Bytes> all) { return std::accumulate(all.begin(), all.end(), Bytes{}); }

/// What is taken, and what may still come of it.
struct Account {
  Bytes committed;  ///< of the budget
  Bytes growing;    ///< what those at work may still take
};

Account account_of(const GovernorFacts& facts) {
  Account account;
  Bytes readers = sum(facts.others);
  for (const Bytes held : facts.others) {
    account.committed = account.committed + std::max(idle_reader_bytes, held);
    account.growing = account.growing + growth(idle_reader_bytes, held);
  }
  for (const PageAtWork& page : facts.at_work) {
    account.committed = account.committed + std::max(page.predicted, page.held);
    account.growing = account.growing + growth(page.predicted, page.held);
    readers = readers + page.held;
  }
  for (const PageWaiting& page : facts.waiting) {
    account.committed = account.committed + std::max(idle_reader_bytes, page.held);
    account.growing = account.growing + growth(idle_reader_bytes, page.held);
    readers = readers + page.held;
  }
  const Bytes rest = facts.live.held.value_or(Bytes{}) - readers;
  account.committed = account.committed + std::max(parent_bytes, rest);
  return account;
}

/// Admits pages one after another; each changes the account for the next.
class Admissions {
 public:
  explicit Admissions(const GovernorFacts& facts)
      : facts_(facts),
        account_(account_of(facts)),
        is_alone_(facts.at_work.empty()),
        reserve_(memory_reserve(facts.budget)) {}

  void decide(GovernorDecision& decision) {
    std::optional<Refusal> aged;
    for (const PageWaiting& page : facts_.waiting) {
      std::optional<Refusal> refusal = refuse(page);
      if (!refusal && aged)
        refusal = Refusal{page.id, Refusal::Why::Turn, aged->needed, aged->free};
      if (!refusal) {
        admit(page);
        decision.start.push_back(page.id);
        continue;
      }
      if (page.waited > ageing_max && !aged) aged = refusal;
      decision.refusals.push_back(*refusal);
    }
  }

 private:
  /// What it takes of the account when it starts: its reader is in it as an idle one.
  Bytes grown(const PageWaiting& page) const {
    return growth(page.predicted, std::max(idle_reader_bytes, page.held));
  }

  std::optional<Refusal> refuse(const PageWaiting& page) const {
    const Bytes needed = growth(page.predicted, page.held);
    if (facts_.live.stalled_percent.value_or(0) >= stalled_admission_max && !is_alone_) {
      return Refusal{page.id, Refusal::Why::Stalled, needed, {}};
    }
    const Bytes left = facts_.budget - account_.committed;
    if (grown(page) > left && !is_alone_) {
      return Refusal{page.id, Refusal::Why::Budget, needed, left};
    }
    if (!facts_.live.available) return std::nullopt;
    // Alone it may use half of the reserve, or a small machine would never read it.
    const Bytes reserve{is_alone_ ? reserve_.count / 2 : reserve_.count};
    const Bytes free = *facts_.live.available - reserve - account_.growing;
    if (grown(page) > free) return Refusal{page.id, Refusal::Why::Machine, needed, free};
    return std::nullopt;
  }

  void admit(const PageWaiting& page) {
    account_.committed = account_.committed + grown(page);
    account_.growing = account_.growing + grown(page);
    is_alone_ = false;
  }

  const GovernorFacts& facts_;
  Account account_;
  bool is_alone_;
  Bytes reserve_;
};

enum class Strain : std::uint8_t { Calm, Tense, Short };

/// Between Calm and Short nothing is done either way, so that nobody is paused and resumed in turn.
Strain strain_of(const GovernorFacts& facts) {
  const Bytes reserve = memory_reserve(facts.budget);
  const Bytes available = facts.live.available.value_or(reserve + reserve);
  const Bytes held = facts.live.held.value_or(Bytes{});
  const double stalled = facts.live.stalled_percent.value_or(0);
  const Bytes over{facts.budget.count / over_budget_divisor};
  if (available < Bytes{reserve.count / 2} || stalled >= stalled_relief_min ||
      held > facts.budget + over) {
    return Strain::Short;
  }
  const bool is_calm =
      available >= reserve && stalled < stalled_admission_max && held <= facts.budget;
  return is_calm ? Strain::Calm : Strain::Tense;
}

bool is_beyond_prediction(const PageAtWork& page) {
  return page.held > page.predicted + beyond_prediction_min;
}

/// Who has grown most beyond what was expected of it, not who is largest.
const PageAtWork* find_culprit(std::span<const PageAtWork> pages) {
  const PageAtWork* found = nullptr;
  for (const PageAtWork& page : pages) {
    if (!is_beyond_prediction(page)) continue;
    const bool is_more =
        found == nullptr || page.held - page.predicted > found->held - found->predicted;
    if (is_more) found = &page;
  }
  return found;
}

const PageAtWork* find_youngest(std::span<const PageAtWork> pages, bool is_paused) {
  const PageAtWork* found = nullptr;
  for (const PageAtWork& page : pages) {
    if (page.is_paused != is_paused) continue;
    if (found == nullptr || page.id > found->id) found = &page;
  }
  return found;
}

const PageAtWork* find_oldest_paused(std::span<const PageAtWork> pages) {
  const PageAtWork* found = nullptr;
  for (const PageAtWork& page : pages) {
    if (!page.is_paused) continue;
    if (found == nullptr || page.id < found->id) found = &page;
  }
  return found;
}

std::optional<Relief> relieve(const GovernorFacts& facts) {
  const auto running = std::count_if(facts.at_work.begin(), facts.at_work.end(),
                                     [](const PageAtWork& page) { return !page.is_paused; });
  if (running > 1) return Relief{find_youngest(facts.at_work, false)->id, Relief::Act::Pause};
  if (const PageAtWork* culprit = find_culprit(facts.at_work)) {
    return Relief{culprit->id, Relief::Act::EndCulprit};
  }
  const PageAtWork* paused = find_youngest(facts.at_work, true);
  if (paused != nullptr) return Relief{paused->id, Relief::Act::End};
  return std::nullopt;  // one page, as it was expected: nothing is gained by ending it
}

std::optional<Relief> resume(const GovernorFacts& facts, Strain strain) {
  const PageAtWork* oldest = find_oldest_paused(facts.at_work);
  if (oldest == nullptr) return std::nullopt;
  const bool is_anyone_running =
      std::any_of(facts.at_work.begin(), facts.at_work.end(),
                  [](const PageAtWork& page) { return !page.is_paused; });
  if (strain == Strain::Calm || !is_anyone_running) {
    return Relief{oldest->id, Relief::Act::Resume};
  }
  if (oldest->paused_for > paused_max) return Relief{oldest->id, Relief::Act::End};
  return std::nullopt;
}

}  // namespace

GovernorDecision govern(const GovernorFacts& facts) {
  GovernorDecision decision;
  const Strain strain = strain_of(facts);
  const bool is_any_paused = find_oldest_paused(facts.at_work) != nullptr;
  if (strain == Strain::Short) {
    if (facts.since_relief >= relief_interval) decision.relief = relieve(facts);
  } else if (facts.since_relief >= resume_interval) {
    decision.relief = resume(facts, strain);
  }
  const bool may_start = !is_any_paused && (strain != Strain::Short || facts.at_work.empty());
  if (may_start) {
    Admissions(facts).decide(decision);
    return decision;
  }
  const Bytes free = facts.live.available.value_or(Bytes{}) - memory_reserve(facts.budget);
  for (const PageWaiting& page : facts.waiting) {
    decision.refusals.push_back(
        {page.id, Refusal::Why::Machine, growth(page.predicted, page.held), free});
  }
  return decision;
}

Bytes memory_reserve(Bytes budget) {
  return std::clamp(Bytes{budget.count / reserve_divisor}, reserve_min, reserve_max);
}

}  // namespace civicum
