// SPDX-License-Identifier: GPL-3.0-or-later
// How a worker hears that there is work, without asking again and again: PostgreSQL's NOTIFY, or
// datagrams to `wake.sock` in the folder of a SQLite store. On PostgreSQL its connection also holds
// the advisory lock by which others see that the worker lives.
#pragma once

#include "base/result.h"

namespace civicum {

class WakeSource {
 public:
  virtual ~WakeSource() = default;
  /// Readable where there is something to take; owned by the source.
  virtual int fd() const = 0;
  /// True where somebody has announced work since. An Error: it hears nothing any more.
  virtual Result<bool> take() = 0;
};

}  // namespace civicum
