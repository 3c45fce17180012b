// SPDX-License-Identifier: GPL-3.0-or-later
// A file in memory without reading it: pages come from the page cache as they are touched.
#pragma once

#include <string_view>
#include <utility>

#include "base/result.h"

namespace civicum {

class MappedFile {
 public:
  /// The file's bytes, and behind them `tail`, which is never written to the file. `fd` is borrowed
  /// for the call. BadInput where there is not one byte.
  static Result<MappedFile> map(int fd, std::string_view tail = {});

  MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  MappedFile& operator=(MappedFile&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  std::string_view bytes() const { return bytes_; }

 private:
  explicit MappedFile(std::string_view bytes) : bytes_(bytes) {}
  std::string_view bytes_;
};

}  // namespace civicum
