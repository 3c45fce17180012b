// SPDX-License-Identifier: GPL-3.0-or-later
// A gap as bytes, for the store.
#pragma once

#include <string>
#include <string_view>

#include "base/page.h"
#include "base/result.h"

namespace civicum {

std::string encode_gap(const Gap& gap);
/// Corrupt on anything but one whole gap.
Result<Gap> decode_gap(std::string_view bytes);

}  // namespace civicum
