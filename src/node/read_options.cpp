// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/read_options.h"

#include <array>

namespace civicum {

std::string_view name_of(DocumentState state) {
  constexpr std::array<std::string_view, 4> names = {"done", "done_with_gaps", "failed",
                                                     "interrupted"};
  return names.at(static_cast<std::size_t>(state));
}

}  // namespace civicum
