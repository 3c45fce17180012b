// SPDX-License-Identifier: GPL-3.0-or-later
// A file that appears whole or not at all: written without a name in the same folder (under a
// temporary one where the file system has no nameless files), then renamed.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "os/fd.h"

namespace civicum {

class AtomicFile {
 public:
  /// Nothing is visible at `path` before commit(), and nothing is left of it after a kill. Denied,
  /// NotFound, Unavailable, BadInput (a folder is at `path`) or TooLarge (its name is too long).
  static Result<AtomicFile> create(std::string path);
  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&& other) noexcept;
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  /// Without a commit nothing is left.
  ~AtomicFile();

  int fd() const { return fd_.get(); }
  const std::string& path() const { return path_; }
  Status write(std::string_view bytes);
  /// Renames over `path`; after it the object is empty.
  Status commit();

 private:
  AtomicFile(Fd fd, std::string path, std::string temporary);
  Fd fd_;
  std::string path_;
  std::string temporary_;  ///< empty while the file has no name
};

}  // namespace civicum
