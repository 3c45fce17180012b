// SPDX-License-Identifier: GPL-3.0-or-later
#include <unistd.h>

#include "base/json.h"
#include "host/process.h"
#include "node/worker.h"

namespace civicum {
namespace {

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

}  // namespace

std::string Worker::status_line() const {
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("version", std::uint32_t{1}).member("worker", std::string_view(id_));
  json.member("pid", std::int64_t{getpid()}).member("lang", std::string_view(lang_));
  json.member("memory_budget_bytes", options_.desk.memory.count);
  const ReaderCages* cages = options_.desk.cages;
  json.member("cages", cages != nullptr ? cages->level() : std::string_view());
  json.key("readers").begin_array();
  for (const PooledReader& reader : desk_.readers()) {
    const Bytes used = held_by_process(reader.pid()).value_or(Bytes{});
    json.begin_object().member("pid", std::int64_t{reader.pid()});
    json.member("state", name_of(reader.state)).member("memory_bytes", used.count).end_object();
  }
  json.end_array().key("documents").begin_array();
  for (const auto& [place, document] : at_work_) {
    if (document->is_idle()) continue;
    json.begin_object().member("id", document->row.id);
    json.member("file", std::string_view(document->row.file));
    json.member("pages_in_hand", document->pages.left()).end_object();
  }
  json.end_array().end_object();
  return text + "\n";
}

}  // namespace civicum
