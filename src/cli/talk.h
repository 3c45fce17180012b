// SPDX-License-Identifier: GPL-3.0-or-later
// What civicum says to a person: whole lines on standard error. Names come from anywhere, so
// control characters stay out of the terminal; a standard error that is full or gone costs words,
// nothing else.
#pragma once

#include <string_view>

namespace civicum {

void talk(std::string_view line);

}  // namespace civicum
