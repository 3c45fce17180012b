// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/atomic_file.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

using namespace civicum;
namespace fs = std::filesystem;

namespace {

struct Folder {
  Folder() { REQUIRE(mkdtemp(path.data()) != nullptr); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path); }
  std::ptrdiff_t entries() const {
    return std::distance(fs::directory_iterator(path), fs::directory_iterator());
  }
  std::string path = (fs::temp_directory_path() / "civicum-atomic-XXXXXX").string();
};

std::string content_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("a file appears whole, over an older one, as readable as other files") {
  const Folder folder;
  const std::string path = folder.path + "/a.json";
  for (const std::string text : {"first", "second"}) {
    Result<AtomicFile> file = AtomicFile::create(path);
    REQUIRE(file);
    REQUIRE(file->write(text));
    CHECK(content_of(path) != text);
    REQUIRE(file->commit());
    CHECK(content_of(path) == text);
  }
  CHECK(folder.entries() == 1);
  const mode_t mask = umask(0);
  umask(mask);
  struct stat info {};
  REQUIRE(stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777U) == (0666U & ~mask));
}

TEST_CASE("without a commit nothing is left") {
  const Folder folder;
  {
    Result<AtomicFile> file = AtomicFile::create(folder.path + "/a.json");
    REQUIRE(file);
    REQUIRE(file->write("half"));
  }
  CHECK(folder.entries() == 0);
}

TEST_CASE("what cannot be replaced in the end is refused at the start") {
  const Folder folder;
  fs::create_directory(folder.path + "/a.json");
  CHECK(AtomicFile::create(folder.path + "/a.json").error().kind == ErrorKind::BadInput);
  CHECK(AtomicFile::create(folder.path + "/" + std::string(300, 'n')).error().kind ==
        ErrorKind::TooLarge);
  CHECK(AtomicFile::create(folder.path + "/none/a.json").error().kind == ErrorKind::NotFound);
}
