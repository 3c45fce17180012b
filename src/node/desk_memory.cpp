// SPDX-License-Identifier: GPL-3.0-or-later
// Which pages go on, by plan/governor.h over live figures, and relief where memory runs short: the
// third part of ReadingDesk.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "host/process.h"
#include "node/reading_desk.h"

namespace civicum {
namespace {

// Memory is filled at 2 GB/s at most: within it the figures are true to 20 MB.
constexpr auto live_age_max = std::chrono::milliseconds(10);
// An attempt that was ended for what it had taken is expected to take a quarter more.
constexpr std::uint64_t expected_num = 5;
constexpr std::uint64_t expected_den = 4;

std::chrono::milliseconds since(Clock::time_point then, Clock::time_point now) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(now - then);
}

std::string mib_of(Bytes bytes) { return fmt::format("{} MiB", bytes.count >> 20); }

std::string describe(const LiveMemory& live, Bytes budget) {
  std::string text;
  if (live.available) text += mib_of(*live.available) + " available";
  if (live.held) {
    text += fmt::format("{}{} held of a budget of {}", text.empty() ? "" : ", ", mib_of(*live.held),
                        mib_of(budget));
  }
  if (live.stalled_percent) text += fmt::format(", stalled {:.0f} %", *live.stalled_percent);
  return text;
}

}  // namespace

Bytes ReadingDesk::Assignment::expected() const {
  return std::max(planned->predicted_bytes, page.expected_min);
}

ReadingDesk::MemoryFacts ReadingDesk::read_memory() {
  MemoryFacts facts;
  const auto now = Clock::now();
  Bytes readers;
  for (PooledReader& reader : pool_.readers()) {
    const Bytes held = pool_.held(reader);
    readers = readers + held;
    const auto found = at_work_.find(&reader);
    if (found == at_work_.end() || !found->second.planned) {
      facts.others.push_back(held);
      continue;
    }
    const Assignment& work = found->second;
    if (work.waiting_since) {
      facts.waiting.push_back({work.order, work.expected(), held, since(*work.waiting_since, now)});
      continue;
    }
    const auto paused_for =
        work.paused_since ? since(*work.paused_since, now) : std::chrono::milliseconds(0);
    facts.at_work.push_back(
        {work.order, work.expected(), held, work.paused_since.has_value(), paused_for});
  }
  std::sort(facts.waiting.begin(), facts.waiting.end(),
            [](const PageWaiting& a, const PageWaiting& b) { return a.id < b.id; });
  if (now - live_at_ > live_age_max) {
    live_ = read_live(readers);
    live_at_ = now;
  }
  facts.live = live_;
  return facts;
}

LiveMemory ReadingDesk::read_live(Bytes readers) const {
  const Bytes ours = held_by_process(getpid()).value_or(Bytes{});
  return {ours + readers, gauge_.available(), gauge_.stalled_percent()};
}

GovernorDecision ReadingDesk::decide() {
  const MemoryFacts facts = read_memory();
  return govern({options_.memory, facts.live, facts.at_work, facts.waiting, facts.others,
                 since(relief_at_, Clock::now())});
}

/// Lets pages go on as far as memory allows, and makes room where it runs short.
void ReadingDesk::admit_waiting() {
  const bool is_any_planned = std::any_of(at_work_.begin(), at_work_.end(), [](const auto& entry) {
    return entry.second.planned.has_value();
  });
  if (!is_any_planned) return;
  GovernorDecision decision = decide();
  for (const std::uint64_t order : decision.start) let_go(order);
  for (const Refusal& refusal : decision.refusals) find_order(refusal.id).second.refusal = refusal;
  if (!decision.relief) return;
  // What cannot be taken back is decided twice, the second time on figures of now.
  live_at_ = {};
  const GovernorDecision again = decide();
  if (again.relief) apply(*again.relief);
}

std::pair<PooledReader* const, ReadingDesk::Assignment>& ReadingDesk::find_order(
    std::uint64_t order) {
  const auto found = std::find_if(at_work_.begin(), at_work_.end(), [order](const auto& entry) {
    return entry.second.planned && entry.second.order == order;
  });
  ENSURE(found != at_work_.end());
  return *found;
}

void ReadingDesk::let_go(std::uint64_t order) {
  auto& [reader, assignment] = find_order(order);
  assignment.waiting_since.reset();
  assignment.refusal.reset();
  assignment.order = next_order_++;
  pool_.proceed(*reader, *assignment.planned);
}

void ReadingDesk::apply(const Relief& relief) {
  relief_at_ = Clock::now();
  auto& [reader, assignment] = find_order(relief.id);
  const auto say = [this](const std::string& sentence) {
    note(sentence);
    events_.on_relief(sentence);
  };
  const std::string page =
      fmt::format("page {} of {}", assignment.page.page_index + 1, assignment.task->label);
  const std::string shortage = "memory is short (" + describe(live_, options_.memory) + "): ";
  switch (relief.act) {
    case Relief::Act::Pause:
      assignment.paused_since = relief_at_;
      pool_.freeze(*reader);
      return say(shortage + page + " is paused");
    case Relief::Act::Resume:
      assignment.paused_since.reset();
      pool_.thaw(*reader);
      return say(page + " goes on");
    case Relief::Act::EndCulprit:
      assignment.page.expected_min = Bytes{pool_.held(*reader).count / expected_den * expected_num};
      [[fallthrough]];
    case Relief::Act::End:
      pool_.kill(*reader, {WorkerEnd::KilledFromOutside, "its reader was ended to free memory"});
      return say(shortage + page + " is put back, to be read when there is room");
  }
}

}  // namespace civicum
