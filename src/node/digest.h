// SPDX-License-Identifier: GPL-3.0-or-later
// SHA-256 (FIPS 180-4, by OpenSSL) of a file, a piece at a time so that a loop can do other things
// in between.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

struct evp_md_ctx_st;

namespace civicum {

class FileDigest {
 public:
  /// `fd` is borrowed; it is read with pread from its start.
  explicit FileDigest(int fd);
  /// Reads one piece (1 MiB); the digest in lower-case hex once the file has ended.
  Result<std::optional<std::string>> step();
  std::uint64_t size() const { return offset_; }

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  int fd_;
  std::uint64_t offset_ = 0;
  std::unique_ptr<evp_md_ctx_st, Free> context_;
  std::vector<char> buffer_;
};

/// What a whole file is known by.
struct ContentId {
  std::string sha256;  ///< lower-case hex
  std::uint64_t size = 0;
};
/// Blocks for as long as the disk takes.
Result<ContentId> digest_whole(int fd);

}  // namespace civicum
