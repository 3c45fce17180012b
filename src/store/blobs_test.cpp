// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/blobs.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include "store/test_stores.h"

using namespace civicum;

namespace {

const std::string digest(64, 'a');

struct Original {
  explicit Original(std::size_t size) : folder(SqliteTestStore::must(TempDir::create())) {
    fd = SqliteTestStore::must(open_spool(folder.path()));
    for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(i * 31 % 251);
    REQUIRE(write_all(fd.get(), bytes));
  }
  TempDir folder;
  Fd fd;
  std::string bytes;
};

std::string bytes_of(const Fd& fd, std::size_t size) {
  std::string bytes(size + 1, '\0');
  bytes.resize(SqliteTestStore::must(pread_all(fd.get(), bytes, 0)));
  return bytes;
}

void check_blobs(Blobs& blobs) {
  const Original original((3 << 20) + 17);
  const auto missing = blobs.open(digest);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().kind == ErrorKind::NotFound);
  REQUIRE(blobs.put(original.fd.get(), digest, original.bytes.size()));
  REQUIRE(blobs.put(original.fd.get(), digest, original.bytes.size()));
  const auto kept = blobs.open(digest);
  REQUIRE(kept);
  CHECK(bytes_of(*kept, original.bytes.size()) == original.bytes);
  CHECK(SqliteTestStore::must(blobs.list("", 10)) == std::vector<std::string>{digest});
  CHECK(SqliteTestStore::must(blobs.list(digest, 10)).empty());
  REQUIRE(blobs.remove(digest));
  REQUIRE(blobs.remove(digest));
  CHECK_FALSE(blobs.open(digest));
  CHECK(SqliteTestStore::must(blobs.list("", 10)).empty());

  const auto cut = blobs.put(original.fd.get(), digest, original.bytes.size() + 1);
  REQUIRE_FALSE(cut);
  CHECK(cut.error().kind == ErrorKind::Corrupt);
  CHECK_FALSE(blobs.open(digest));
  CHECK(blobs.put(original.fd.get(), digest, blob_bytes_max.count + 1).error().kind ==
        ErrorKind::TooLarge);
}

}  // namespace

TEST_CASE_TEMPLATE("an original comes back whole from the database, or not at all", TestStore,
                   SqliteTestStore, PostgresTestStore) {
  SKIP_WITHOUT(TestStore);
  const TestStore place;
  Store store = place.open();
  const TempDir spool = SqliteTestStore::must(TempDir::create());
  const auto blobs = store.open_database_blobs(spool.path());
  check_blobs(*blobs);
}

TEST_CASE("an original comes back whole from a folder, or not at all") {
  const TempDir folder = SqliteTestStore::must(TempDir::create());
  FolderBlobs blobs(folder.path() + "/blobs", Marked::No);
  check_blobs(blobs);
}
