// SPDX-License-Identifier: GPL-3.0-or-later
// A folder of its own that disappears with its owner.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace civicum {

class TempDir {
 public:
  /// A new folder, mode 0700, below `parent` (default: TMPDIR or /tmp).
  static Result<TempDir> create(const std::string& parent = "");

  TempDir(TempDir&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TempDir& operator=(TempDir&& other) noexcept {
    TempDir(std::move(other)).path_.swap(path_);
    return *this;
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  /// Removes the folder with all that is in it.
  ~TempDir();

  const std::string& path() const { return path_; }

 private:
  explicit TempDir(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace civicum
