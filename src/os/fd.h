// SPDX-License-Identifier: GPL-3.0-or-later
// A file descriptor as an owned value, and the few ways files are opened, read and written.
// Every descriptor is O_CLOEXEC at birth; every call is repeated after EINTR.
#pragma once

#include <fcntl.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "base/units.h"

namespace civicum {

class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    Fd(std::move(other)).swap(*this);
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd();

  void swap(Fd& other) noexcept { std::swap(fd_, other.fd_); }
  explicit operator bool() const { return fd_ >= 0; }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

/// The Error of the system call that just failed, by errno.
Error last_os_failure(std::string what);

/// open(2) with O_CLOEXEC. `mode` counts where `flags` hold O_CREAT.
Result<Fd> open_file(const std::string& path, int flags, mode_t mode = 0);

/// Puts /dev/null in the place of standard streams that are closed, so that no file that is opened
/// later takes their numbers. Using such a stream still fails: it is open the wrong way round.
/// To be called before anything else is opened.
void hold_standard_streams();

/// A file without a name in `folder`, for reading and writing; gone with its last descriptor.
/// The caller chooses the folder, so a memory file system is never used unasked.
Result<Fd> open_spool(const std::string& folder);

Status write_all(int fd, std::string_view bytes);

/// Fills `out` from `offset`; answers how much there was, which is less only at the end of the
/// file.
Result<std::size_t> pread_all(int fd, std::span<char> out, std::uint64_t offset);

/// Everything `from` still has, appended to `to`; TooLarge once it is more than `bytes_max`.
Result<Bytes> copy_to(int to, int from, Bytes bytes_max);

/// The whole of a small file; TooLarge where it is longer than `bytes_max`.
Result<std::string> read_file(const std::string& path, Bytes bytes_max);

}  // namespace civicum
