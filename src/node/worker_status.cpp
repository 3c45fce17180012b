// SPDX-License-Identifier: GPL-3.0-or-later
#include <unistd.h>

#include "base/json.h"
#include "node/worker.h"

namespace civicum {

std::string Worker::status_line() const {
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("version", std::uint32_t{1}).member("kind", "worker");
  json.member("worker", std::string_view(id_)).member("pid", std::int64_t{getpid()});
  json.member("lang", std::string_view(lang_));
  desk_.append_status(json);
  json.key("documents").begin_array();
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
