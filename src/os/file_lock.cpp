// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/file_lock.h"

#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace civicum {

Result<std::optional<FileLock>> FileLock::lock(const std::string& path, int operation) {
  Fd fd = TRY(open_file(path, O_RDWR | O_CREAT, 0600));
  while (flock(fd.get(), operation) != 0) {
    if (errno == EWOULDBLOCK) return std::optional<FileLock>();
    if (errno != EINTR) return last_os_failure("cannot lock " + path);
  }
  const std::string pid = std::to_string(getpid()) + "\n";
  if (ftruncate(fd.get(), 0) != 0) return last_os_failure("cannot write " + path);
  (void)TRY(write_all(fd.get(), pid));
  return std::optional(FileLock(std::move(fd)));
}

Result<std::optional<FileLock>> FileLock::try_take(const std::string& path) {
  return lock(path, LOCK_EX | LOCK_NB);
}

Result<FileLock> FileLock::take(const std::string& path) {
  std::optional<FileLock> taken = TRY(lock(path, LOCK_EX));
  return *std::move(taken);
}

int FileLock::holder(const std::string& path) {
  const Result<std::string> text = read_file(path, kib(1));
  return text ? std::atoi(text->c_str()) : 0;
}

}  // namespace civicum
