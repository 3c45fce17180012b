// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/mapped_file.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <cstring>

#include "os/fd.h"

namespace civicum {
namespace {

/// A private copy of the file's last page takes the tail's beginning, memory of our own the rest.
Result<char*> map_with_tail(int fd, std::size_t size, std::string_view tail) {
  void* memory =
      mmap(nullptr, size + tail.size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return last_os_failure("map memory behind a file");
  auto* data = static_cast<char*>(memory);
  const bool is_mapped =
      size == 0 || mmap(data, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, fd, 0) == data;
  if (!is_mapped) {
    const Error failure = last_os_failure("map a file");
    munmap(data, size + tail.size());
    return failure;
  }
  std::memcpy(data + size, tail.data(), tail.size());
  return data;
}

}  // namespace

Result<MappedFile> MappedFile::map(int fd, std::string_view tail) {
  struct stat status {};
  if (fstat(fd, &status) != 0) return last_os_failure("stat a file");
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size + tail.size() == 0) return Error{ErrorKind::BadInput, "the file is empty"};
  if (!tail.empty()) {
    const char* data = TRY(map_with_tail(fd, size, tail));
    return MappedFile({data, size + tail.size()});
  }
  void* data = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (data == MAP_FAILED) return last_os_failure("map a file");
  return MappedFile({static_cast<const char*>(data), size});
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

}  // namespace civicum
