// SPDX-License-Identifier: GPL-3.0-or-later
// What becomes of a reader's answer or its death: the second half of ReadingDesk.
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "node/reading_desk.h"
#include "plan/admission.h"

namespace civicum {
namespace {

// A document that ends its reader while it is opened is tried this often; killed from outside, as
// often as a page.
constexpr std::uint32_t open_crashes_max = 2;

template <typename... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};
template <typename... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

/// How much of a page was understood: confidence summed over the letters of its words.
double weight_of(const PageReading& reading) {
  double weight = 0;
  for (const Word& word : reading.content.words) {
    weight += static_cast<double>(word.confidence.value_or(1)) * (word.end - word.begin);
  }
  return weight;
}

StoredPage better_of(std::optional<StoredPage> first, StoredPage second) {
  if (!first) return second;
  const double before = weight_of(std::get<PageReading>(first->outcome));
  const double after = weight_of(std::get<PageReading>(second.outcome));
  return after > before ? std::move(second) : *std::move(first);
}

std::string lowered_by(WorkerEnd end) {
  switch (end) {
    case WorkerEnd::OutOfMemory:
      return "out_of_memory";
    case WorkerEnd::NoProgress:
      return "no_progress";
    default:
      return "crash";
  }
}

}  // namespace

void ReadingDesk::on_reply(PooledReader& reader, protocol::Reply reply) {
  const Errand errand = at_work_.at(&reader).errand;
  const bool is_page = errand == Errand::Page;
  const bool is_layer = errand == Errand::Layer;
  const bool is_opening = errand == Errand::Open;
  const auto breaks_protocol = [&] {
    pool_.kill(reader, {WorkerEnd::ProtocolBroken, "the reader answered what was not asked"});
  };
  std::visit(
      Overloaded{
          [&](const protocol::Opened& m) { is_opening ? on_opened(reader, m) : breaks_protocol(); },
          [&](const protocol::OpenFailed& m) {
            is_opening ? on_open_failed(reader, m) : breaks_protocol();
          },
          [&](const protocol::Planned& m) { is_page ? on_planned(reader, m) : breaks_protocol(); },
          [&](protocol::PageRead& m) {
            is_page ? on_page_read(reader, std::move(m)) : breaks_protocol();
          },
          [&](const protocol::PageFailed& m) {
            is_page ? on_page_failed(reader, m) : breaks_protocol();
          },
          [&](const protocol::LayerWritten&) {
            is_layer ? on_layer_end(reader, "") : breaks_protocol();
          },
          [&](const protocol::LayerFailed& m) {
            is_layer ? on_layer_end(reader, m.detail) : breaks_protocol();
          },
          [&](const auto&) { breaks_protocol(); }},
      reply);
}

ReadingDesk::Assignment ReadingDesk::take_assignment(PooledReader& reader) {
  const auto found = at_work_.find(&reader);
  ENSURE(found != at_work_.end());
  Assignment assignment = std::move(found->second);
  at_work_.erase(found);
  return assignment;
}

void ReadingDesk::on_opened(PooledReader& reader, const protocol::Opened& opened) {
  DeskTask& task = *take_assignment(reader).task;
  pool_.finish(reader);
  reader.open_document = task.id;
  task.is_with_reader = false;
  if (!task.page_count) {
    task.page_count = opened.page_count;
    task.wish = DeskTask::Wish::Nothing;
    events_.on_opened(task, opened);
  } else if (*task.page_count != opened.page_count) {
    pool_.kill(reader, {WorkerEnd::ProtocolBroken, "the document changed its number of pages"});
  }
  pump();
}

void ReadingDesk::on_open_failed(PooledReader& reader, const protocol::OpenFailed& failed) {
  DeskTask& task = *take_assignment(reader).task;
  pool_.finish(reader);
  task.is_with_reader = false;
  remove(task);
  events_.on_open_failed(task, failed.reason, failed.detail);
}

/// Takes a document out of every reader's hands: their work on it is ended and forgotten.
void ReadingDesk::drop_assignments(const DeskTask& task) {
  std::erase_if(at_work_, [this, &task](const auto& entry) {
    if (entry.second.task != &task) return false;
    pool_.kill(*entry.first, {WorkerEnd::KilledFromOutside, "its document was given up"});
    return true;
  });
}

void ReadingDesk::on_planned(PooledReader& reader, const protocol::Planned& planned) {
  Assignment& assignment = at_work_.at(&reader);
  if (assignment.planned || planned.dpi > assignment.request.dpi_max ||
      planned.predicted_bytes > assignment.request.limit) {
    return pool_.kill(reader, {WorkerEnd::ProtocolBroken, "the reader planned what it may not"});
  }
  assignment.planned = planned;
  assignment.order = next_order_++;
  assignment.waiting_since = Clock::now();
  pool_.pause(reader);
  admit_waiting();
}

StoredPage ReadingDesk::stored_page(const PooledReader& reader, const PageWork& work,
                                    std::variant<PageReading, Gap> outcome) const {
  return {std::move(outcome),
          work.history.attempts + 1,
          reader.sandbox,
          {page_limit(options_.memory), options_.page_seconds}};
}

void ReadingDesk::on_page_read(PooledReader& reader, protocol::PageRead read) {
  Assignment assignment = take_assignment(reader);
  DeskTask& task = *assignment.task;
  PageWork& work = assignment.page;
  work.cpu_spent += pool_.cpu_used(reader);
  pool_.finish(reader);
  PageReading& reading = read.reading;
  if (!work.lowered_for.empty() && reading.dpi < work.dpi_before) {
    reading.degraded = Degradation{work.dpi_before, reading.dpi, work.lowered_for};
  }
  const bool may_look_again =
      !work.first_look && task.dpi < second_look_dpi && work.history.attempts == 0;
  StoredPage page = stored_page(reader, work, std::move(reading));
  if (read.wants_second_look && may_look_again) {
    work.first_look = std::move(page);
    work.history.next.is_second_look = true;
    task.pages.put_back(std::move(work));
  } else {
    events_.on_page(task, work.page_index, better_of(std::move(work.first_look), std::move(page)));
  }
  admit_waiting();
  pump();
}

/// A reader that caught its own failure lives on.
void ReadingDesk::on_page_failed(PooledReader& reader, const protocol::PageFailed& failed) {
  Assignment assignment = take_assignment(reader);
  PageWork& work = assignment.page;
  pool_.finish(reader);
  if (work.first_look) {
    events_.on_page(*assignment.task, work.page_index, *std::move(work.first_look));
  } else {
    Gap gap{failed.reason, failed.detail, {}, {}, work.history.tried};
    if (failed.needed.count != 0) gap.needed_bytes = failed.needed;
    if (failed.limit.count != 0) gap.limit_bytes = failed.limit;
    events_.on_page(*assignment.task, work.page_index, stored_page(reader, work, std::move(gap)));
  }
  admit_waiting();
  pump();
}

void ReadingDesk::on_layer_end(PooledReader& reader, const std::string& failure) {
  DeskTask& task = *take_assignment(reader).task;
  pool_.finish(reader);
  end_layer(task, failure);
  pump();
}

void ReadingDesk::end_layer(DeskTask& task, const std::string& failure) {
  task.is_with_reader = false;
  task.wish = DeskTask::Wish::Nothing;
  events_.on_layer(task, failure);
}

void ReadingDesk::on_reader_end(PooledReader& reader, const ReaderEnd& end) {
  if (!at_work_.contains(&reader)) return;  // dropped
  Assignment assignment = take_assignment(reader);
  note(fmt::format("{}{}: {}", assignment.task->label,
                   assignment.errand == Errand::Page
                       ? fmt::format(", page {}", assignment.page.page_index + 1)
                       : "",
                   end.detail));
  switch (assignment.errand) {
    case Errand::Page:
      after_page_death(reader, std::move(assignment), end);
      break;
    case Errand::Layer:
      after_layer_death(*assignment.task, end);
      break;
    case Errand::Open:
      after_open_death(*assignment.task, end);
      break;
  }
  admit_waiting();
}

/// Writing a layer is begun anew where its reader was killed from outside.
void ReadingDesk::after_layer_death(DeskTask& task, const ReaderEnd& end) {
  const bool is_outside = end.how == WorkerEnd::KilledFromOutside;
  if (!is_outside || ++task.layer_kills >= outside_kills_max) return end_layer(task, end.detail);
  task.is_with_reader = false;
  events_.on_layer_killed(task);
}

void ReadingDesk::after_open_death(DeskTask& task, const ReaderEnd& end) {
  task.is_with_reader = false;
  const bool is_outside = end.how == WorkerEnd::KilledFromOutside;
  std::uint32_t& count = is_outside ? task.open_kills : task.open_crashes;
  if (++count < (is_outside ? outside_kills_max : open_crashes_max)) return;
  remove(task);
  events_.on_open_failed(task, OpenError::Damaged, "cannot be opened: " + end.detail);
}

void ReadingDesk::after_page_death(PooledReader& reader, Assignment assignment,
                                   const ReaderEnd& end) {
  PageWork work = std::move(assignment.page);
  if (end.how != WorkerEnd::KilledFromOutside) work.cpu_spent += pool_.cpu_used(reader);
  AttemptMade made{work.history.next, std::nullopt, Dpi{0}};
  if (assignment.planned) {
    made.route = assignment.planned->route;
    made.dpi = assignment.planned->dpi;
  }
  NextStep next = civicum::after_death(work.history, made, end.how);
  if (auto* retry = std::get_if<Retry>(&next)) {
    work.history = std::move(retry->history);
    if (end.how != WorkerEnd::KilledFromOutside) {
      work.lowered_for = lowered_by(end.how);
      work.dpi_before = std::max(work.dpi_before, made.dpi);
    }
    assignment.task->pages.put_back(std::move(work));
  } else if (const auto* give_up = std::get_if<GiveUp>(&next)) {
    Gap gap{give_up->reason, end.detail, {}, {}, give_up->tried};
    if (end.how == WorkerEnd::OutOfMemory) {
      const Bytes predicted = assignment.planned ? assignment.planned->predicted_bytes : Bytes{};
      gap.needed_bytes = std::max(predicted, end.limit);  // at least
      gap.limit_bytes = end.limit;
    }
    events_.on_page(*assignment.task, work.page_index, stored_page(reader, work, std::move(gap)));
  } else {
    events_.on_page(*assignment.task, work.page_index, *std::move(work.first_look));
  }
}

}  // namespace civicum
