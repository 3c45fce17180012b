// SPDX-License-Identifier: GPL-3.0-or-later
// The exit codes that scripts rely on (docs/ARCHITECTURE.md), and the one table from ErrorKind to
// them.
#pragma once

#include "base/result.h"

namespace civicum {

inline constexpr int exit_well = 0;
inline constexpr int exit_with_findings = 1;  ///< gaps, unreadable inputs
inline constexpr int exit_bad_usage = 2;      ///< or no input could be read
inline constexpr int exit_refused = 3;        ///< by budget or policy
inline constexpr int exit_unavailable = 4;    ///< a needed service
inline constexpr int exit_bug = 70;
inline constexpr int exit_interrupted = 130;
inline constexpr int exit_output_closed = 141;  ///< whoever read standard output went away (head)

int exit_code_of(ErrorKind kind);

}  // namespace civicum
