// SPDX-License-Identifier: GPL-3.0-or-later
// Whether what locks a child in holds, tried from inside: a reader is started as every reader is,
// with its sandbox and its cage, and makes the attempts of os/escape.h instead of reading.
#pragma once

#include <string>
#include <vector>

#include "node/reader_cages.h"
#include "node/reader_link.h"
#include "os/escape.h"

namespace civicum {

struct EscapeResult {
  std::string name;
  EscapeKind kind = EscapeKind::Network;
  int refusal_inside = 0;  ///< errno; 0: it got through
  /// Of a process that is not locked in; not 0: it proves nothing here. Empty: not made there.
  std::optional<int> refusal_outside = {};
};

struct SovereigntyReport {
  std::string sandbox;  ///< the level reached: "netns+landlock+seccomp+cgroup2"
  std::vector<EscapeResult> results;
  std::size_t count_through() const;
};

/// Seconds. Unavailable where the reader does not start or does not answer.
Result<SovereigntyReport> probe_sovereignty(const ReaderCommand& command, ReaderCages& cages);

/// What refused, as far as the errno tells: "seccomp", "Landlock", "network namespace".
std::string refused_by(EscapeKind kind, int refusal);

}  // namespace civicum
