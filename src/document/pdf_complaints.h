// SPDX-License-Identifier: GPL-3.0-or-later
// Which of Poppler's messages mean that something of the page is missing from what it gives back.
// The others tell of fonts that are replaced, broken annotations, tables that are rebuilt.
#pragma once

#include <string_view>

namespace civicum {

/// Pure. By the wording of Poppler 22.12 to 25.03.
bool is_loss(std::string_view message);

}  // namespace civicum
