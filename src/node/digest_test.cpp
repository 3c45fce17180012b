// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/digest.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "os/fd.h"

using namespace civicum;

namespace {

std::string digest_of(std::string_view bytes) {
  auto fd = open_spool(std::filesystem::temp_directory_path().string());
  REQUIRE(fd);
  REQUIRE(write_all(fd->get(), bytes));
  FileDigest digest(fd->get());
  auto text = digest.step();
  while (text && !*text) text = digest.step();
  REQUIRE(text);
  return **text;
}

}  // namespace

TEST_CASE("digests are those of FIPS 180-4, in pieces too") {
  CHECK(digest_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(digest_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(digest_of(std::string(3 << 20, 'a')).size() == 64);
}
