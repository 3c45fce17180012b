// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/record_json.h"

#include "base/json.h"

namespace civicum {
namespace {

constexpr int point_decimals = 2;
constexpr int confidence_decimals = 3;

void append_box(JsonWriter& json, const Box& box) {
  json.key("box").begin_array();
  for (const float side : {box.x0, box.y0, box.x1, box.y1}) {
    json.value(static_cast<double>(side), point_decimals);
  }
  json.end_array();
}

void append_confidence(JsonWriter& json, const std::optional<float>& confidence) {
  json.key("confidence");
  if (confidence) {
    json.value(static_cast<double>(*confidence), confidence_decimals);
  } else {
    json.null();
  }
}

void append_words(JsonWriter& json, const PageText& content) {
  json.key("words").begin_array();
  const std::string_view text = content.text;
  for (const Word& word : content.words) {
    json.begin_object().member("text", text.substr(word.begin, word.end - word.begin));
    append_box(json, word.box);
    append_confidence(json, word.confidence);
    json.end_object();
  }
  json.end_array();
}

void append_dpi(JsonWriter& json, const char* key, Dpi dpi) {
  json.key(key);
  if (dpi.value != 0) {
    json.value(dpi.value);
  } else {
    json.null();
  }
}

void append_degraded(JsonWriter& json, const Degradation& degraded) {
  json.key("degraded").begin_object();
  append_dpi(json, "from", degraded.from);
  append_dpi(json, "to", degraded.to);
  json.member("reason", std::string_view(degraded.reason)).end_object();
}

void append_cost(JsonWriter& json, const PageCost& cost) {
  json.member("elapsed_ms", cost.elapsed_ms).member("cpu_ms", cost.cpu_ms);
  json.member("peak_bytes", cost.peak_bytes.count);
  json.member("predicted_bytes", cost.predicted_bytes.count);
  json.member("swap_bytes_peak", cost.swap_bytes_peak.count);
  json.member("major_faults", cost.major_faults);
}

}  // namespace

void append_page(std::string& out, std::uint32_t page_number, const PageReading& reading,
                 const StoredPage& page) {
  JsonWriter json(out);
  json.begin_object().member("page", page_number).member("route", name_of(reading.route));
  append_dpi(json, "dpi", reading.dpi);
  json.member("engine", std::string_view(reading.engine));
  json.key("width").value(static_cast<double>(reading.width), point_decimals);
  json.key("height").value(static_cast<double>(reading.height), point_decimals);
  json.member("turned", std::uint32_t{reading.turned});
  json.member("text", std::string_view(reading.content.text));
  json.member("blank", reading.is_blank);
  append_confidence(json, reading.confidence);
  if (reading.degraded) append_degraded(json, *reading.degraded);
  if (reading.pictures_unread > 0) json.member("pictures_unread", reading.pictures_unread);
  append_words(json, reading.content);
  append_cost(json, reading.cost);
  json.member("attempts", page.attempts).member("sandbox", std::string_view(page.sandbox));
  json.end_object();
}

void append_gap(std::string& out, std::uint32_t page_number, const Gap& gap) {
  JsonWriter json(out);
  json.begin_object().member("page", page_number).member("reason", name_of(gap.reason));
  json.member("detail", std::string_view(gap.detail));
  if (gap.needed_bytes) json.member("needed_bytes", gap.needed_bytes->count);
  if (gap.limit_bytes) json.member("limit_bytes", gap.limit_bytes->count);
  json.key("tried").begin_array();
  for (const std::string& rung : gap.tried) json.value(std::string_view(rung));
  json.end_array().end_object();
}

void append_field(std::string& out, const Field& field) {
  JsonWriter json(out);
  json.begin_object().member("kind", name_of(field.kind));
  if (field.type) json.member("type", name_of(*field.type));
  json.member("value", std::string_view(field.value)).member("raw", std::string_view(field.raw));
  json.member("valid", field.is_valid).member("repaired", field.is_repaired);
  append_confidence(json, field.confidence);
  json.member("page", field.page_index + 1);
  append_box(json, field.box);
  json.end_object();
}

}  // namespace civicum
