// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace civicum {

/// As in CMakeLists.txt.
inline constexpr const char* version = CIVICUM_VERSION;

}  // namespace civicum
