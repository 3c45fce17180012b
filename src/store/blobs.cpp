// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/blobs.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "os/atomic_file.h"

namespace civicum {
namespace {

namespace fs = std::filesystem;

Status check_size(std::uint64_t size) {
  if (size <= blob_bytes_max.count) return Done{};
  return Error{ErrorKind::TooLarge, "an original of " + std::to_string(size >> 20) +
                                        " MiB is more than the store keeps (" +
                                        std::to_string(blob_bytes_max.count >> 20) + " MiB)"};
}

/// What else lies there is not ours.
bool is_digest(const std::string& name) {
  return name.size() == 64 && name.find_first_not_of("0123456789abcdef") == std::string::npos;
}

Error not_kept(const std::string& sha256) {
  return {ErrorKind::NotFound, "the original " + sha256 + " is not kept in this store"};
}

/// Whether the file at `path`, of the same size, has the same bytes.
Result<bool> has_bytes_of(const std::string& path, int fd) {
  const Fd file = TRY(open_file(path, O_RDONLY | O_NOFOLLOW));
  std::string piece(blob_part_bytes.count, '\0');
  std::string kept(piece);
  for (std::uint64_t at = 0;;) {
    const std::size_t got = TRY(pread_all(fd, piece, at));
    const std::size_t held = TRY(pread_all(file.get(), kept, at));
    if (got != held || piece != kept) return false;
    if (got == 0) return true;
    at += got;
  }
}

/// A new name is durable once its folder is.
Status sync_folder(const std::string& folder) {
  const Fd fd = TRY(open_file(folder, O_RDONLY | O_DIRECTORY));
  if (fsync(fd.get()) == 0) return Done{};
  return last_os_failure("cannot sync " + folder);
}

}  // namespace

Status make_folders(const std::string& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (!failed) return Done{};
  return os_failure(kind_of_errno(failed.value()), "cannot make the folder " + folder,
                    failed.value());
}

std::string mark_path(const std::string& folder) { return folder + "/civicum-originals"; }

std::string FolderBlobs::path_of(const std::string& sha256) const {
  return folder_ + "/" + sha256.substr(0, 2) + "/" + sha256;
}

Status FolderBlobs::check_mark() const {
  std::error_code failed;
  if (marked_ == Marked::No || fs::exists(mark_path(folder_), failed)) return Done{};
  return Error{ErrorKind::Unavailable,
               "the folder of the originals, " + folder_ + ", is not there: is it mounted?"};
}

Result<bool> FolderBlobs::holds(const std::string& sha256, std::uint64_t size) {
  std::error_code failed;
  return fs::file_size(path_of(sha256), failed) == size && !failed;
}

Status FolderBlobs::put(int fd, const std::string& sha256, std::uint64_t size) {
  (void)TRY(check_size(size));
  (void)TRY(check_mark());
  const std::string path = path_of(sha256);
  const std::string folder = fs::path(path).parent_path().string();
  // Whoever wrote it may have been killed before its name was durable.
  if (TRY(holds(sha256, size)) && TRY(has_bytes_of(path, fd))) return sync_folder(folder);
  (void)TRY(make_folders(folder));
  AtomicFile file = TRY(AtomicFile::create(path));
  std::string piece(blob_part_bytes.count, '\0');
  for (std::uint64_t at = 0; at < size;) {
    const std::size_t got = TRY(pread_all(fd, piece, at));
    if (got == 0) return Error{ErrorKind::Corrupt, "the file became shorter while it was read"};
    (void)TRY(file.write(std::string_view(piece).substr(0, got)));
    at += got;
  }
  if (fdatasync(file.fd()) != 0) return last_os_failure("cannot sync " + path);
  (void)TRY(file.commit());
  (void)TRY(sync_folder(folder));
  return sync_folder(folder_);
}

Result<Fd> FolderBlobs::open(const std::string& sha256) {
  Result<Fd> file = open_file(path_of(sha256), O_RDONLY | O_NOFOLLOW);
  if (file || file.error().kind != ErrorKind::NotFound) return file;
  (void)TRY(check_mark());
  return not_kept(sha256);
}

Status FolderBlobs::remove(const std::string& sha256) {
  const std::string path = path_of(sha256);
  if (unlink(path.c_str()) == 0 || errno == ENOENT) return Done{};
  return last_os_failure("cannot remove " + path);
}

Result<std::vector<std::string>> FolderBlobs::list(const std::string& after, std::size_t count) {
  std::vector<std::string> names;
  std::error_code failed;
  for (fs::recursive_directory_iterator entry(folder_, failed), end; entry != end && !failed;
       entry.increment(failed)) {
    const std::string name = entry->path().filename().string();
    if (entry.depth() == 1 && is_digest(name) && name > after) names.push_back(name);
  }
  if (failed && failed != std::errc::no_such_file_or_directory) {
    return os_failure(kind_of_errno(failed.value()), "cannot list " + folder_, failed.value());
  }
  std::sort(names.begin(), names.end());
  names.resize(std::min(names.size(), count));
  return names;
}

Result<bool> DatabaseBlobs::holds(const std::string& sha256, std::uint64_t size) {
  const SqlRows rows = TRY(database_->run("hold_blob", {sha256}, Durability::Relaxed));
  return !rows.empty() && rows.integer(0, 0) == static_cast<std::int64_t>(size);
}

Status DatabaseBlobs::put(int fd, const std::string& sha256, std::uint64_t size) {
  (void)TRY(check_size(size));
  if (TRY(holds(sha256, size))) return Done{};
  std::string piece(blob_part_bytes.count, '\0');
  std::int64_t part = 0;
  for (std::uint64_t at = 0; at < size; ++part) {
    const std::size_t got = TRY(pread_all(fd, piece, at));
    if (got == 0) return Error{ErrorKind::Corrupt, "the file became shorter while it was read"};
    const SqlBytes bytes{std::string_view(piece).substr(0, got)};
    (void)TRY(database_->run("add_blob_part", {sha256, part, bytes}, Durability::Relaxed));
    at += got;
  }
  // Durable, and with it all that was written before.
  (void)TRY(
      database_->run("add_blob", {sha256, static_cast<std::int64_t>(size)}, Durability::Durable));
  return Done{};
}

Result<Fd> DatabaseBlobs::open(const std::string& sha256) {
  const SqlRows there = TRY(database_->run("has_blob", {sha256}, Durability::Relaxed));
  if (there.empty()) return not_kept(sha256);
  const auto size = static_cast<std::uint64_t>(there.integer(0, 0));
  Fd spool = TRY(open_spool(spool_folder_));
  std::int64_t part = 0;
  for (std::uint64_t written = 0; written < size; ++part) {
    const SqlRows rows = TRY(database_->run("blob_part", {sha256, part}, Durability::Relaxed));
    if (rows.empty() || rows.bytes(0, 0).empty()) {
      return Error{ErrorKind::Corrupt, "a part of the original " + sha256 + " is missing"};
    }
    (void)TRY(write_all(spool.get(), rows.bytes(0, 0)));
    written += rows.bytes(0, 0).size();
  }
  return spool;
}

Status DatabaseBlobs::remove(const std::string& sha256) {
  (void)TRY(database_->run("remove_blob", {sha256}, Durability::Durable));
  return Done{};
}

Result<std::vector<std::string>> DatabaseBlobs::list(const std::string& after, std::size_t count) {
  const SqlRows rows = TRY(
      database_->run("list_blobs", {after, static_cast<std::int64_t>(count)}, Durability::Relaxed));
  std::vector<std::string> names;
  for (std::size_t row = 0; row < rows.size(); ++row) names.push_back(rows.bytes(row, 0));
  return names;
}

}  // namespace civicum
