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
  /// returns. Nothing is written where they are kept already, byte for byte. TooLarge over
  /// blob_bytes_max.
  virtual Status put(int fd, const std::string& sha256, std::uint64_t size) = 0;
  /// Whether one of this size is kept, after a removal that is under way; its bytes are not looked
  /// at.
  virtual Result<bool> holds(const std::string& sha256, std::uint64_t size) = 0;
  /// For reading from any offset. NotFound where it is not kept.
  virtual Result<Fd> open(const std::string& sha256) = 0;
  /// Nothing happens where a document that was handed in has it; a folder leaves that to the
  /// caller.
  virtual Status remove(const std::string& sha256) = 0;
  /// The digests behind `after`, ascending, at most `count`.
  virtual Result<std::vector<std::string>> list(const std::string& after, std::size_t count) = 0;
};

Status make_folders(const std::string& folder);
/// Of the file by which a store knows the folder (originals.h).
std::string mark_path(const std::string& folder);

enum class Marked : std::uint8_t { No, Yes };

/// DIR/ab/abcdef…. A marked folder without its mark is not the folder that it was: Unavailable.
class FolderBlobs final : public Blobs {
 public:
  FolderBlobs(std::string folder, Marked marked) : folder_(std::move(folder)), marked_(marked) {}
  Status put(int fd, const std::string& sha256, std::uint64_t size) override;
  Result<bool> holds(const std::string& sha256, std::uint64_t size) override;
  Result<Fd> open(const std::string& sha256) override;
  Status remove(const std::string& sha256) override;
  Result<std::vector<std::string>> list(const std::string& after, std::size_t count) override;

 private:
  std::string path_of(const std::string& sha256) const;
  Status check_mark() const;
  std::string folder_;
  Marked marked_;
};

class DatabaseBlobs final : public Blobs {
 public:
  /// What is opened lies as an unnamed file in `spool_folder` while it is open.
  DatabaseBlobs(Database& database, std::string spool_folder)
      : database_(&database), spool_folder_(std::move(spool_folder)) {}
  Status put(int fd, const std::string& sha256, std::uint64_t size) override;
  Result<bool> holds(const std::string& sha256, std::uint64_t size) override;
  Result<Fd> open(const std::string& sha256) override;
  Status remove(const std::string& sha256) override;
  Result<std::vector<std::string>> list(const std::string& after, std::size_t count) override;

 private:
  Database* database_;
  std::string spool_folder_;
};

}  // namespace civicum
