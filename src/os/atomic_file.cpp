// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace civicum {
namespace {

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

/// mkostemp gives 0600; a result is as readable as the user's other files.
void apply_umask(int fd) {
  const mode_t mask = umask(0);
  umask(mask);
  (void)fchmod(fd, 0666 & ~mask);
}

}  // namespace

AtomicFile::AtomicFile(Fd fd, std::string path, std::string temporary)
    : fd_(std::move(fd)), path_(std::move(path)), temporary_(std::move(temporary)) {}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : fd_(std::move(other.fd_)),
      path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})) {}

AtomicFile& AtomicFile::operator=(AtomicFile&& other) noexcept {
  AtomicFile taken(std::move(other));
  std::swap(fd_, taken.fd_);
  std::swap(path_, taken.path_);
  std::swap(temporary_, taken.temporary_);
  return *this;
}

AtomicFile::~AtomicFile() {
  if (!temporary_.empty()) (void)unlink(temporary_.c_str());
}

Result<AtomicFile> AtomicFile::create(std::string path) {
  std::string temporary = folder_of(path) + "/.civicum-XXXXXX";
  Fd fd(mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd) return last_os_failure("cannot write in " + folder_of(path));
  apply_umask(fd.get());
  return AtomicFile(std::move(fd), std::move(path), std::move(temporary));
}

Status AtomicFile::write(std::string_view bytes) {
  Status written = write_all(fd_.get(), bytes);
  if (!written) written.error().what = "cannot write " + path_ + ": " + written.error().what;
  return written;
}

Status AtomicFile::commit() {
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) {
    return last_os_failure("cannot write " + path_);
  }
  temporary_.clear();
  fd_ = Fd();
  return Done{};
}

}  // namespace civicum
