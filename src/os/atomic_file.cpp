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

/// What rename() would refuse in the end is refused before anything is written.
Status check_target(const std::string& path) {
  struct stat info {};
  const bool is_there = lstat(path.c_str(), &info) == 0;
  if (is_there && S_ISDIR(info.st_mode)) {
    return os_failure(ErrorKind::BadInput, "cannot write " + path, EISDIR);
  }
  if (!is_there && errno == ENAMETOOLONG) return last_os_failure("cannot write " + path);
  return Done{};
}

/// Gives the nameless file its first name. A name that a killed process left over is taken again.
Status link_nameless(int fd, const std::string& name) {
  const std::string file = "/proc/self/fd/" + std::to_string(fd);
  if (linkat(AT_FDCWD, file.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0) return Done{};
  if (errno == EEXIST && unlink(name.c_str()) == 0 &&
      linkat(AT_FDCWD, file.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0) {
    return Done{};
  }
  return last_os_failure("cannot write " + name);
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
  (void)TRY(check_target(path));
  Result<Fd> nameless = open_file(folder_of(path), O_TMPFILE | O_RDWR, 0666);
  if (nameless && access("/proc/self/fd", X_OK) == 0) {
    return AtomicFile(*std::move(nameless), std::move(path), "");
  }
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
  if (temporary_.empty()) {
    temporary_ = folder_of(path_) + "/.civicum-" + std::to_string(getpid()) + "-" +
                 std::to_string(fd_.get());
    (void)TRY(link_nameless(fd_.get(), temporary_));
  }
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) {
    return last_os_failure("cannot write " + path_);
  }
  temporary_.clear();
  fd_ = Fd();
  return Done{};
}

}  // namespace civicum
