// SPDX-License-Identifier: GPL-3.0-or-later
// What readers are given. What they answer is in desk_replies.cpp.
#include "node/reading_desk.h"

#include <array>

#include "plan/admission.h"

namespace civicum {
namespace {

// A raster's bound beside the memory budget: A2 at 300 dpi, A0 at 150. Beyond it OCR takes minutes
// a page.
constexpr std::uint64_t page_pixels_max = 50'000'000;
// Before a rung bounds it: a 1-bit image of 300 dpi stays as it is where 200 are wished for.
constexpr Dpi raster_dpi_max{600};
// A text layer is written at the speed of a slow disk, with the image files' encoders in between.
constexpr std::uint64_t layer_bytes_per_ms = 10'000;

}  // namespace

bool DeskTask::needs_hand() const {
  return (wish == Wish::Open || wish == Wish::Layer) && !is_with_reader;
}

bool DeskTask::needs_reading() const { return wish == Wish::Pages && pages.has_waiting(); }

ReadingDesk::ReadingDesk(Loop& loop, DeskOptions options, DeskEvents events)
    : options_(std::move(options)),
      events_(std::move(events)),
      pool_(
          loop,
          PoolOptions{options_.command, options_.jobs, std::chrono::seconds(options_.page_seconds),
                      page_limit(options_.memory), options_.cages},
          PoolEvents{
              [this] { pump(); },
              [this](PooledReader& reader, protocol::Reply reply) {
                on_reply(reader, std::move(reply));
              },
              [this](PooledReader& reader, const ReaderEnd& end) { on_reader_end(reader, end); },
              [this] { admit_waiting(); },
              [this](const Error& error) { events_.on_broken(error); }}) {}

void ReadingDesk::add(DeskTask& task) {
  ENSURE(task.id != 0);
  tasks_[task.id] = &task;
}

void ReadingDesk::remove(DeskTask& task) {
  drop_assignments(task);
  tasks_.erase(task.id);
}

void ReadingDesk::close() {
  is_stopped_ = true;
  at_work_.clear();
  pool_.close();
}

void ReadingDesk::pump() {
  while (!is_stopped_ && assign_one()) {
  }
  if (!is_stopped_) pool_.want(wanted_readers());
}

std::uint32_t ReadingDesk::wanted_readers() const {
  std::uint32_t wanted = pool_.busy_count();
  for (const auto& [id, task] : tasks_) {
    if (task->needs_hand()) ++wanted;
    if (task->needs_reading()) wanted += task->pages.left();
    if (wanted > 2 * options_.jobs) break;
  }
  return wanted;
}

/// Gives one idle reader something to do; false where there is no reader or nothing to do.
bool ReadingDesk::assign_one() {
  for (const auto& [id, task] : tasks_) {
    if (!task->needs_hand() && !task->needs_reading()) continue;
    PooledReader* reader = pool_.take_idle(id);
    if (reader == nullptr) return false;
    if (reader->open_document != id || task->wish == DeskTask::Wish::Open) {
      assign_open(*reader, *task);
    } else if (task->needs_reading()) {
      assign_page(*reader, *task);
    } else {
      assign_layer(*reader, *task);
    }
    return true;
  }
  return false;
}

void ReadingDesk::assign_open(PooledReader& reader, DeskTask& task) {
  task.is_with_reader = true;
  reader.open_document = 0;
  at_work_[&reader] = Assignment{&task};
  pool_.request(reader, protocol::Open{task.password}, std::span(&task.document_fd, 1), {});
}

void ReadingDesk::assign_page(PooledReader& reader, DeskTask& task) {
  Assignment assignment{&task, Errand::Page};
  assignment.page = *task.pages.take();
  const Attempt& attempt = assignment.page.history.next;
  protocol::ReadPage request;
  request.page_index = assignment.page.page_index;
  request.dpi = attempt.is_second_look ? second_look_dpi : task.dpi;
  request.dpi_max = attempt.dpi_max.value == 0 ? raster_dpi_max : attempt.dpi_max;
  request.allowed = attempt.route;
  request.look = attempt.is_second_look ? protocol::Look::Second : protocol::Look::First;
  request.limit = page_limit(options_.memory);
  request.pixels_max = page_pixels_max;
  const Expected expected{std::chrono::milliseconds(0), assignment.page.cpu_spent};
  assignment.request = request;
  at_work_[&reader] = std::move(assignment);
  pool_.request(reader, request, {}, expected);
}

void ReadingDesk::assign_layer(PooledReader& reader, DeskTask& task) {
  task.is_with_reader = true;
  at_work_[&reader] = Assignment{&task, Errand::Layer};
  const std::array fds = {task.layer_fd, task.layer_words_fd};
  const auto predicted = std::chrono::milliseconds(task.size / layer_bytes_per_ms);
  pool_.request(reader, protocol::WriteLayer{*task.page_count}, fds,
                {predicted, {}, Expected::Scope::Document});
}

}  // namespace civicum
