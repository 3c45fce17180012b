// SPDX-License-Identifier: GPL-3.0-or-later
// A PDF that was cut off has lost what stands at its end: where its catalog is (ISO 32000-1
// §7.5.5).
#pragma once

#include <string>
#include <string_view>

namespace civicum {

/// A trailer that names the catalog written last in `pdf`, to stand behind it; empty where there is
/// none outside object streams. Readers find the other objects by looking for them.
std::string trailer_for(std::string_view pdf);

}  // namespace civicum
