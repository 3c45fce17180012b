// SPDX-License-Identifier: GPL-3.0-or-later
// What a locked-in process tries when it is asked whether its lock holds: each attempt is made for
// real, and what the kernel answered is told. `civicum doctor --sovereignty` has every kind of
// child make them from inside, as it really runs, and makes them itself outside, so that an attempt
// which could never have succeeded proves nothing unseen; but for those that would leave the
// machine.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace civicum {

/// What there is to reach: made by whoever asks, on this machine.
struct EscapeTargets {
  std::uint16_t tcp_port = 0;  ///< that somebody listens on, on 127.0.0.1
  std::uint16_t udp_port = 0;
  std::string unix_path;      ///< of a socket that somebody listens on
  std::string abstract_name;  ///< the same without a path, without its leading NUL
  std::string secret_file;    ///< that the asker may read
  std::string folder;         ///< that the asker may write in
  pid_t victim = 0;           ///< a process of the same user
};

/// One word, for a command line; none of its parts may hold white space.
std::string encode(const EscapeTargets& targets);
Result<EscapeTargets> decode_escape_targets(std::string_view text);

enum class EscapeKind : std::uint8_t { Network, Files, Processes, Privileges };
std::string_view name_of(EscapeKind kind);

struct EscapeAttempt {
  std::string name;  ///< "connect to loopback over TCP"
  EscapeKind kind = EscapeKind::Network;
  std::function<int()> make;  ///< errno of the refusal; 0: it got through
  /// Where it gets through, a packet leaves the machine: only a locked-in process makes it.
  bool leaves_machine = false;
};

/// Always the same attempts in the same order.
std::vector<EscapeAttempt> escape_attempts(const EscapeTargets& targets);

/// Makes them all, in this process.
std::vector<int> try_to_escape(const EscapeTargets& targets);
/// The same but for those that would leave the machine, which are empty.
std::vector<std::optional<int>> try_on_this_machine(const EscapeTargets& targets);

}  // namespace civicum
