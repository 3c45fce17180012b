// SPDX-License-Identifier: GPL-3.0-or-later
// An exclusive flock(2) on a file: held until the object or the process is gone, however it ends.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "os/fd.h"

namespace civicum {

class FileLock {
 public:
  /// Empty where another process holds it. Creates the file; writes this process's id into it.
  static Result<std::optional<FileLock>> try_take(const std::string& path);
  /// Blocks until it is free.
  static Result<FileLock> take(const std::string& path);
  /// The id that the holder wrote; 0 where it cannot be known.
  static int holder(const std::string& path);

 private:
  explicit FileLock(Fd fd) : fd_(std::move(fd)) {}
  static Result<std::optional<FileLock>> lock(const std::string& path, int operation);
  Fd fd_;
};

}  // namespace civicum
