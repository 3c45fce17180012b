// SPDX-License-Identifier: GPL-3.0-or-later
// Originals by their content (SHA-256 in lower-case hex): a folder, beside the SQLite file or
// shared between machines, or the database itself, in rows of 1 MiB. Never a whole blob in memory.
// Blocking, for as long as the disk takes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "os/fd.h"
#include "store/database.h"

namespace civicum {

inline constexpr Bytes blob_part_bytes = mib(1);
inline constexpr Bytes blob_bytes_max = gib(1);

class Blobs {
 public:
  virtual ~Blobs() = default;

  /// Keeps the bytes of `fd` from its start, which have this digest; whole and durable when it
  /// returns. Nothing is written where they are kept already. TooLarge over blob_bytes_max.
  virtual Status put(int fd, const std::string& sha256, std::uint64_t size) = 0;
  /// For reading from any offset. NotFound where it is not kept.
  virtual Result<Fd> open(const std::string& sha256) = 0;
  virtual Status remove(const std::string& sha256) = 0;
  /// The digests behind `after`, ascending, at most `count`.
  virtual Result<std::vector<std::string>> list(const std::string& after, std::size_t count) = 0;
};

/// DIR/ab/abcdef….
class FolderBlobs final : public Blobs {
 public:
  explicit FolderBlobs(std::string folder) : folder_(std::move(folder)) {}
  Status put(int fd, const std::string& sha256, std::uint64_t size) override;
  Result<Fd> open(const std::string& sha256) override;
  Status remove(const std::string& sha256) override;
  Result<std::vector<std::string>> list(const std::string& after, std::size_t count) override;

 private:
  std::string path_of(const std::string& sha256) const;
  std::string folder_;
};

class DatabaseBlobs final : public Blobs {
 public:
  /// What is opened lies as an unnamed file in `spool_folder` while it is open.
  DatabaseBlobs(Database& database, std::string spool_folder)
      : database_(&database), spool_folder_(std::move(spool_folder)) {}
  Status put(int fd, const std::string& sha256, std::uint64_t size) override;
  Result<Fd> open(const std::string& sha256) override;
  Status remove(const std::string& sha256) override;
  Result<std::vector<std::string>> list(const std::string& after, std::size_t count) override;

 private:
  Database* database_;
  std::string spool_folder_;
};

}  // namespace civicum
