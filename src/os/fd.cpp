// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/fd.h"

#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <vector>

namespace civicum {
namespace {

constexpr std::size_t copy_chunk_size = std::size_t{128} << 10;
constexpr int temporary_name_attempts_max = 16;

struct NamedFile {
  std::string path;
  Fd fd;
};

std::string random_name() {
  std::array<unsigned char, 8> bytes{};
  ENSURE(getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  std::string name = ".civicum-";
  for (const unsigned char byte : bytes) {
    name += "0123456789abcdef"[byte >> 4];
    name += "0123456789abcdef"[byte & 15];
  }
  return name + ".tmp";
}

Result<NamedFile> create_temporary(const std::string& folder, mode_t mode) {
  for (int attempt = 1;; ++attempt) {
    std::string path = folder + "/" + random_name();
    Result<Fd> fd = open_file(path, O_RDWR | O_CREAT | O_EXCL, mode);
    if (fd) return NamedFile{std::move(path), *std::move(fd)};
    if (fd.error().os_error != EEXIST || attempt == temporary_name_attempts_max) {
      return std::move(fd).error();
    }
  }
}

}  // namespace

Fd::~Fd() {
  if (fd_ >= 0) close(fd_);
}

Error last_os_failure(std::string what) {
  const int os_error = errno;
  return os_failure(kind_of_errno(os_error), std::move(what), os_error);
}

Result<Fd> open_file(const std::string& path, int flags, mode_t mode) {
  int fd = -1;
  do {
    fd = open(path.c_str(), flags | O_CLOEXEC, mode);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) return last_os_failure("open " + path);
  return Fd(fd);
}

Result<Fd> open_spool(const std::string& folder) {
  Result<Fd> unnamed = open_file(folder, O_TMPFILE | O_RDWR, 0600);
  if (unnamed) return unnamed;
  // Overlay and network file systems may lack O_TMPFILE; kernels before 3.11 say EISDIR.
  const int why = unnamed.error().os_error;
  if (why != EOPNOTSUPP && why != EISDIR) return unnamed;
  NamedFile named = TRY(create_temporary(folder, 0600));
  if (unlink(named.path.c_str()) != 0) return last_os_failure("unlink " + named.path);
  return std::move(named.fd);
}

void hold_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(stream, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest free number is this stream's: those below it are held already.
    const int direction = stream == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    (void)open("/dev/null", direction | O_CLOEXEC);
  }
}

Status write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return last_os_failure("write");
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return Done{};
}

Result<std::size_t> pread_all(int fd, std::span<char> out, std::uint64_t offset) {
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t count =
        pread(fd, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return last_os_failure("pread");
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

Result<Bytes> copy_to(int to, int from, Bytes bytes_max) {
  std::vector<char> chunk(copy_chunk_size);
  Bytes done;
  while (true) {
    const ssize_t count = read(from, chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return last_os_failure("read");
    if (count == 0) return done;
    done = done + Bytes{static_cast<std::uint64_t>(count)};
    if (done > bytes_max) {
      return Error{ErrorKind::TooLarge,
                   "input is longer than " + std::to_string(bytes_max.count) + " bytes"};
    }
    TRY(write_all(to, {chunk.data(), static_cast<std::size_t>(count)}));
  }
}

Result<std::string> read_file(const std::string& path, Bytes bytes_max) {
  const Fd fd = TRY(open_file(path, O_RDONLY));
  std::string content;
  std::array<char, 4096> chunk{};
  while (true) {
    const ssize_t count = read(fd.get(), chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return last_os_failure("read " + path);
    if (count == 0) return content;
    content.append(chunk.data(), static_cast<std::size_t>(count));
    if (content.size() > bytes_max.count) {
      return Error{ErrorKind::TooLarge,
                   path + " is longer than " + std::to_string(bytes_max.count) + " bytes"};
    }
  }
}

}  // namespace civicum
