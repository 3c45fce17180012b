// SPDX-License-Identifier: GPL-3.0-or-later
// JSON text (RFC 8259) written piece by piece, so that a record of thousands of pages is never one
// tree in memory.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace civicum {

/// Writes into a string that the caller empties as often as it likes. Commas and nesting are kept;
/// keys and values in the wrong order are the caller's bug. Numbers that are not finite become
/// null.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& key(std::string_view name);
  /// UTF-8; malformed bytes must have been cleaned before.
  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  template <std::same_as<bool> Bool>
  JsonWriter& value(Bool flag) {
    return raw(flag ? "true" : "false");
  }
  JsonWriter& value(std::int64_t number);
  JsonWriter& value(std::uint64_t number);
  JsonWriter& value(std::uint32_t number) { return value(std::uint64_t{number}); }
  /// At most `decimals` digits after the point, no trailing zeros.
  JsonWriter& value(double number, int decimals);
  JsonWriter& null() { return raw("null"); }
  /// A line break for readability; JSON white space.
  JsonWriter& line_break();

  template <typename Value>
  JsonWriter& member(std::string_view name, const Value& v) {
    return key(name).value(v);
  }

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  JsonWriter& raw(std::string_view text);
  void separate();

  std::string& out_;
  bool needs_comma_ = false;
};

}  // namespace civicum
