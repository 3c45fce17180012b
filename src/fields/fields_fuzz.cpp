// SPDX-License-Identifier: GPL-3.0-or-later
// Any text as a page, cut into words at blanks: fields must lie inside the text, in order and
// apart, boxes inside the page's, values well-formed.
#include <algorithm>
#include <cstdint>

#include "base/result.h"
#include "base/text.h"
#include "fields/fields.h"

namespace {

civicum::PageText page_of(std::string text) {
  civicum::PageText page;
  page.text = std::move(text);
  std::uint32_t begin = 0;
  for (std::uint32_t at = 0; at <= page.text.size(); ++at) {
    const bool is_end = at == page.text.size() || page.text[at] == ' ' || page.text[at] == '\n';
    if (!is_end) continue;
    const auto x = static_cast<float>(begin);
    if (at > begin) {
      page.words.push_back({begin, at, {x, 0, static_cast<float>(at), 10}, std::nullopt});
    }
    begin = at + 1;
  }
  return page;
}

bool is_printable_ascii(const std::string& value) {
  return std::ranges::all_of(value, [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace civicum;
  const std::string raw(reinterpret_cast<const char*>(data), size);
  const PageText page = page_of(clean_utf8(raw));
  float last = -1;
  for (const Field& field : find_fields(page, 7)) {
    ENSURE(field.page_index == 7);
    ENSURE(!field.value.empty() && is_printable_ascii(field.value));
    ENSURE(!field.raw.empty() && page.text.find(field.raw) != std::string::npos);
    ENSURE(is_utf8(field.raw));
    ENSURE(field.type.has_value() == (field.kind == FieldKind::DocumentNumber));
    ENSURE(field.confidence > 0 && field.confidence <= 1);
    ENSURE(field.box.x0 <= field.box.x1 && field.box.x0 >= last && field.box.y1 == 10);
    last = field.box.x0;
    if (field.kind == FieldKind::Date) ENSURE(field.value.size() == 10);
    if (field.kind == FieldKind::Phone) ENSURE(field.value.size() == 12);
  }
  return 0;
}
