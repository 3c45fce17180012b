// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/page.h"

#include <algorithm>
#include <array>

namespace civicum {

Box unite(const Box& a, const Box& b) {
  return {std::min(a.x0, b.x0), std::min(a.y0, b.y0), std::max(a.x1, b.x1), std::max(a.y1, b.y1)};
}

std::string_view name_of(Route route) {
  constexpr std::array<std::string_view, 4> names = {"text", "image", "render", "mixed"};
  return names.at(static_cast<std::size_t>(route));
}

std::string_view name_of(GapReason reason) {
  constexpr std::array<std::string_view, 8> names = {"out_of_memory", "crash",      "killed",
                                                     "no_progress",   "damaged",    "encrypted",
                                                     "too_large",     "unsupported"};
  return names.at(static_cast<std::size_t>(reason));
}

std::string_view name_of(OpenError error) {
  constexpr std::array<std::string_view, 7> names = {
      "encrypted", "not_a_document", "empty",      "damaged",
      "no_pages",  "no_permission",  "unsupported"};
  return names.at(static_cast<std::size_t>(error));
}

std::string_view name_of(DocumentType type) { return type == DocumentType::Pdf ? "pdf" : "image"; }

}  // namespace civicum
