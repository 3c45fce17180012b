// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/file_lock.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

using namespace civicum;

TEST_CASE("a lock excludes a second taker and names its holder until it is gone") {
  std::string folder = (std::filesystem::temp_directory_path() / "civicum-lock-XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  const std::string path = folder + "/owner.lock";
  {
    const auto first = FileLock::try_take(path);
    REQUIRE(first);
    CHECK(first->has_value());
    const auto second = FileLock::try_take(path);
    REQUIRE(second);
    CHECK_FALSE(second->has_value());
    CHECK(FileLock::holder(path) == getpid());
  }
  CHECK(FileLock::take(path));
  CHECK_FALSE(FileLock::try_take(folder + "/none/owner.lock"));
  std::filesystem::remove_all(folder);
}
