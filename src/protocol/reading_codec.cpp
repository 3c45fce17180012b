// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/reading_codec.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "protocol/messages.h"

namespace civicum::protocol {
namespace {

constexpr float no_confidence = -1;
constexpr float coordinate_max = 1e7F;  // far above any PDF page; keeps every later sum finite
constexpr std::size_t word_bytes = 4 + 4 + 16 + 4;

void put_confidence(ByteWriter& out, const std::optional<float>& confidence) {
  out.f32(confidence.value_or(no_confidence));
}

std::optional<float> get_confidence(ByteReader& in) {
  const float value = in.f32();
  if (value == no_confidence) return std::nullopt;
  in.require(value >= 0 && value <= 1);
  return in.is_good() ? std::optional(value) : std::nullopt;
}

float get_coordinate(ByteReader& in) {
  const float value = in.f32();
  in.require(std::isfinite(value) && std::abs(value) <= coordinate_max);
  return in.is_good() ? value : 0;
}

void put_word(ByteWriter& out, const Word& word) {
  out.u32(word.begin);
  out.u32(word.end);
  for (const float side : {word.box.x0, word.box.y0, word.box.x1, word.box.y1}) out.f32(side);
  put_confidence(out, word.confidence);
}

Word get_word(ByteReader& in) {
  Word word;
  word.begin = in.u32();
  word.end = in.u32();
  word.box.x0 = get_coordinate(in);
  word.box.y0 = get_coordinate(in);
  word.box.x1 = get_coordinate(in);
  word.box.y1 = get_coordinate(in);
  word.confidence = get_confidence(in);
  in.require(word.begin < word.end && word.box.x0 <= word.box.x1 && word.box.y0 <= word.box.y1);
  return word;
}

bool is_boundary(std::string_view text, std::size_t i) {
  return i == text.size() || (static_cast<std::uint8_t>(text[i]) & 0xC0) != 0x80;
}

PageText get_content(ByteReader& in) {
  PageText content;
  content.text = in.string(page_text_bytes_max);
  in.require(is_utf8(content.text) && content.text.find('\0') == std::string::npos);
  const std::uint32_t count = in.u32();
  in.require(count <= page_words_max && count <= in.size_left() / word_bytes);
  if (!in.is_good()) return {};
  content.words.reserve(count);
  std::uint32_t end = 0;
  for (std::uint32_t i = 0; i < count && in.is_good(); ++i) {
    const Word word = get_word(in);
    in.require(word.begin >= end && word.end <= content.text.size());
    in.require(in.is_good() && is_boundary(content.text, word.begin) &&
               is_boundary(content.text, word.end));
    end = word.end;
    content.words.push_back(word);
  }
  return content;
}

void put_cost(ByteWriter& out, const PageCost& cost) {
  out.u32(cost.elapsed_ms);
  out.u32(cost.cpu_ms);
  out.u64(cost.peak_bytes.count);
  out.u64(cost.predicted_bytes.count);
  out.u64(cost.swap_bytes_peak.count);
  out.u32(cost.major_faults);
}

Bytes get_bytes(ByteReader& in) {
  constexpr std::uint64_t bytes_max = std::uint64_t{1} << 60;
  const std::uint64_t count = in.u64();
  in.require(count <= bytes_max);
  return in.is_good() ? Bytes{count} : Bytes{};
}

PageCost get_cost(ByteReader& in) {
  PageCost cost;
  cost.elapsed_ms = in.u32();
  cost.cpu_ms = in.u32();
  cost.peak_bytes = get_bytes(in);
  cost.predicted_bytes = get_bytes(in);
  cost.swap_bytes_peak = get_bytes(in);
  cost.major_faults = in.u32();
  return cost;
}

std::optional<Degradation> get_degradation(ByteReader& in) {
  const std::uint8_t is_there = in.u8();
  in.require(is_there <= 1);
  if (is_there == 0 || !in.is_good()) return std::nullopt;
  Degradation degraded;
  degraded.from = Dpi{in.u32()};
  degraded.to = Dpi{in.u32()};
  degraded.reason = get_line(in);
  return degraded;
}

}  // namespace

std::string get_line(ByteReader& in) {
  const std::string_view line = in.string(string_bytes_max);
  const bool has_control = std::any_of(line.begin(), line.end(),
                                       [](char c) { return static_cast<std::uint8_t>(c) < 0x20; });
  in.require(!has_control && is_utf8(line));
  return in.is_good() ? std::string(line) : std::string();
}

void put_reading(ByteWriter& out, const PageReading& reading) {
  out.u8(static_cast<std::uint8_t>(reading.route));
  out.u32(reading.dpi.value);
  out.string(reading.engine);
  out.string(reading.content.text);
  out.u32(static_cast<std::uint32_t>(reading.content.words.size()));
  for (const Word& word : reading.content.words) put_word(out, word);
  out.u8(reading.is_blank ? 1 : 0);
  put_confidence(out, reading.confidence);
  out.u8(reading.degraded ? 1 : 0);
  if (reading.degraded) {
    out.u32(reading.degraded->from.value);
    out.u32(reading.degraded->to.value);
    out.string(reading.degraded->reason);
  }
  out.u32(reading.pictures_unread);
  out.f32(reading.width);
  out.f32(reading.height);
  out.u16(reading.turned);
  put_cost(out, reading.cost);
}

PageReading get_reading(ByteReader& in) {
  PageReading reading;
  reading.route = get_enum(in, Route::Mixed);
  reading.dpi = Dpi{in.u32()};
  reading.engine = get_line(in);
  reading.content = get_content(in);
  const std::uint8_t is_blank = in.u8();
  in.require(is_blank <= 1);
  reading.is_blank = is_blank == 1;
  reading.confidence = get_confidence(in);
  reading.degraded = get_degradation(in);
  reading.pictures_unread = in.u32();
  reading.width = get_coordinate(in);
  reading.height = get_coordinate(in);
  reading.turned = in.u16();
  in.require(reading.turned % 90 == 0 && reading.turned < 360);
  reading.cost = get_cost(in);
  return reading;
}

}  // namespace civicum::protocol
