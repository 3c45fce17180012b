// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/mapped_file.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

#include "os/fd.h"

namespace civicum {
namespace {

Fd file_of(const std::string& bytes) {
  char path[] = "/tmp/civicum-mapped-XXXXXX";
  Fd fd(mkstemp(path));
  REQUIRE(fd);
  std::remove(path);
  REQUIRE(write_all(fd.get(), bytes));
  return fd;
}

TEST_CASE("a file is mapped, with what stands behind it, and keeps its bytes") {
  for (const std::size_t size :
       std::initializer_list<std::size_t>{1, 10, 4095, 4096, 4097, 10000}) {
    const std::string bytes(size, 'f');
    const Fd file = file_of(bytes);
    const std::string tail(5000, 't');
    const auto plain = MappedFile::map(file.get());
    const auto longer = MappedFile::map(file.get(), tail);
    REQUIRE(plain);
    REQUIRE(longer);
    CHECK(plain->bytes() == bytes);
    CHECK(longer->bytes() == bytes + tail);
    CHECK(MappedFile::map(file.get())->bytes() == bytes);
  }
}

TEST_CASE("what cannot be mapped is an error") {
  CHECK(MappedFile::map(file_of("").get()).error().kind == ErrorKind::BadInput);
  CHECK(MappedFile::map(file_of("").get(), "tail")->bytes() == "tail");
  CHECK_FALSE(MappedFile::map(-1));
}

}  // namespace
}  // namespace civicum
