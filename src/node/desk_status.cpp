// SPDX-License-Identifier: GPL-3.0-or-later
// How things stand on a desk, as JSON.
#include <algorithm>
#include <chrono>

#include "base/text.h"
#include "node/reading_desk.h"

namespace civicum {
namespace {

constexpr std::size_t events_kept = 32;
// A line has to fit a socket's buffer.
constexpr std::size_t label_bytes_max = 200;

std::string_view name_of(Refusal::Why why) {
  switch (why) {
    case Refusal::Why::Budget:
      return "budget";
    case Refusal::Why::Machine:
      return "machine";
    case Refusal::Why::Stalled:
      return "stalled";
    case Refusal::Why::Turn:
      return "turn";
  }
  return "";
}

std::string_view name_of(PooledReader::State state) {
  switch (state) {
    case PooledReader::State::Starting:
      return "starting";
    case PooledReader::State::Idle:
      return "idle";
    case PooledReader::State::Busy:
      return "busy";
  }
  return "";
}

std::string shortened(const std::string& label) {
  return label.size() <= label_bytes_max ? label : clean_utf8(label.substr(0, label_bytes_max));
}

}  // namespace

void ReadingDesk::note(const std::string& sentence) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  events_lately_.push_back(
      {std::chrono::duration_cast<std::chrono::milliseconds>(now).count(), shortened(sentence)});
  if (events_lately_.size() > events_kept) events_lately_.pop_front();
}

void ReadingDesk::append_reader(JsonWriter& json, const PooledReader& reader) const {
  json.begin_object().member("pid", std::int64_t{reader.pid()});
  const auto found = std::find_if(at_work_.begin(), at_work_.end(),
                                  [&reader](const auto& entry) { return entry.first == &reader; });
  const Assignment* work = found == at_work_.end() ? nullptr : &found->second;
  const bool is_waiting = work != nullptr && work->waiting_since;
  const bool is_paused = work != nullptr && work->paused_since;
  json.member("state", is_waiting  ? std::string_view("waiting")
                       : is_paused ? std::string_view("paused")
                                   : name_of(reader.state));
  json.member("held_bytes", pool_.held(reader).count);
  if (work != nullptr) {
    json.member("limit_bytes", reader.cap().count);
    json.member("file", std::string_view(shortened(work->task->label)));
    if (work->errand == Errand::Page) json.member("page", work->page.page_index + 1);
    if (work->planned) json.member("expected_bytes", work->expected().count);
    if (work->refusal) {
      json.key("waits_for").begin_object().member("why", name_of(work->refusal->why));
      json.member("needed_bytes", work->refusal->needed.count);
      json.member("free_bytes", work->refusal->free.count).end_object();
    }
  }
  json.end_object();
}

void ReadingDesk::append_status(JsonWriter& json) const {
  Bytes readers;
  std::uint64_t pages_waiting = 0;
  for (const PooledReader& reader : pool_.readers()) readers = readers + pool_.held(reader);
  for (const auto& [id, task] : tasks_) pages_waiting += task->pages.left();
  const LiveMemory live = read_live(readers);
  json.key("memory").begin_object().member("budget_bytes", options_.memory.count);
  json.member("held_bytes", live.held.value_or(Bytes{}).count);
  if (live.available) json.member("available_bytes", live.available->count);
  if (live.stalled_percent) json.key("stalled_percent").value(*live.stalled_percent, 2);
  json.end_object().member(
      "cages", options_.cages != nullptr ? options_.cages->level() : std::string_view());
  json.member("pages_left", pages_waiting).key("readers").begin_array();
  for (const PooledReader& reader : pool_.readers()) append_reader(json, reader);
  json.end_array().key("events").begin_array();
  for (const Event& event : events_lately_) {
    json.begin_object().member("at", event.at_ms);
    json.member("what", std::string_view(event.what)).end_object();
  }
  json.end_array();
}

}  // namespace civicum
