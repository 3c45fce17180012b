// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/originals.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <future>

#include "store/documents.h"
#include "store/test_stores.h"

using namespace civicum;

namespace {

namespace fs = std::filesystem;

const std::string digest(64, 'a');

/// A store of one backend, and folders for its originals.
template <typename TestStore>
struct Place {
  Place() : folder(SqliteTestStore::must(TempDir::create())), store(there.open()) {}

  std::string path(const std::string& name) const { return folder.path() + "/" + name; }
  Result<std::unique_ptr<Blobs>> open(const std::string& name) {
    return store.open_blobs(name.empty() ? "" : "dir:" + path(name), folder.path());
  }
  /// As `civicum add` does it.
  DocumentId keep_one(Blobs& blobs, const std::string& options = "{}") {
    const Fd file = SqliteTestStore::must(open_spool(folder.path()));
    REQUIRE(write_all(file.get(), "text"));
    REQUIRE(blobs.put(file.get(), digest, 4));
    const NewDocument document{digest, options, "a.pdf", 4};
    const auto row = SqliteTestStore::must(store.documents().find_or_add(document));
    const SqlCall keep = keep_document_call(row.id, document);
    NewJob job;
    job.kind = "read:spa";
    (void)SqliteTestStore::must(store.jobs().enqueue(std::span(&job, 1), std::span(&keep, 1)));
    return row.id;
  }
  void check_refused(const std::string& name, ErrorKind kind, const std::string& sentence) {
    const auto refused = open(name);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == kind);
    CHECK(refused.error().what.find(sentence) != std::string::npos);
  }

  TempDir folder;
  TestStore there;
  Store store;
};

}  // namespace

TEST_CASE_TEMPLATE("a store knows the folder of its originals, and no other is taken for it",
                   TestStore, SqliteTestStore, PostgresTestStore) {
  SKIP_WITHOUT(TestStore);
  Place<TestStore> place;
  (void)SqliteTestStore::must(place.open("one"));
  place.check_refused("two", ErrorKind::Unavailable, "is it mounted?");  // before there is any
  place.check_refused("", ErrorKind::BadInput, "name it with --blobs");
  place.keep_one(*SqliteTestStore::must(place.open("one")));
  CHECK(SqliteTestStore::must(place.open("one"))->open(digest));
  place.check_refused("", ErrorKind::BadInput, "name it with --blobs");
  place.check_refused("two", ErrorKind::Unavailable, "is it mounted?");
  CHECK_FALSE(fs::exists(place.path("two")));

  Place<TestStore> other;
  const auto shared = other.store.open_blobs("dir:" + place.path("one"), "");
  REQUIRE_FALSE(shared);
  CHECK(shared.error().kind == ErrorKind::BadInput);
  CHECK(shared.error().what.find("of another store") != std::string::npos);
}

TEST_CASE("two SQLite stores in one folder do not share their originals") {
  Place<SqliteTestStore> place;
  const std::string folder = place.store.folder();
  Store other = SqliteTestStore::must(Store::open("sqlite:" + folder + "/other.sqlite", ""));
  (void)SqliteTestStore::must(place.open(""));
  const auto refused = other.open_blobs("", folder);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().what.find("of another store") != std::string::npos);
  const std::string third = folder + "/third.sqlite";
  const auto not_made = Store::open("sqlite:" + third, "");
  REQUIRE_FALSE(not_made);
  CHECK(not_made.error().what.find("of another store") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(third));
}

TEST_CASE_TEMPLATE("of two who decide at once where originals are, one is refused", TestStore,
                   SqliteTestStore, PostgresTestStore) {
  SKIP_WITHOUT(TestStore);
  for (int round = 0; round < 10; ++round) {
    const TestStore there;
    const TempDir folder = SqliteTestStore::must(TempDir::create());
    const auto open = [&](const std::string& where) {
      Store store = there.open();
      return bool(store.open_blobs(where, folder.path()));
    };
    auto one = std::async(std::launch::async, open, "dir:" + folder.path() + "/one");
    auto two = std::async(std::launch::async, open, "dir:" + folder.path() + "/two");
    const bool is_own = open("");
    CHECK(int{one.get()} + int{two.get()} + int{is_own} == 1);
  }
}

TEST_CASE_TEMPLATE("a folder that is gone for a while is not a folder whose originals are gone",
                   TestStore, SqliteTestStore, PostgresTestStore) {
  SKIP_WITHOUT(TestStore);
  Place<TestStore> place;
  const auto blobs = SqliteTestStore::must(place.open("one"));
  place.keep_one(*blobs);
  fs::rename(place.path("one"), place.path("away"));
  fs::create_directory(place.path("one"));
  place.check_refused("one", ErrorKind::Unavailable, "is it mounted?");
  CHECK(blobs->open(digest).error().kind == ErrorKind::Unavailable);
  const Fd file = SqliteTestStore::must(open_spool(place.folder.path()));
  CHECK(blobs->put(file.get(), digest, 0).error().kind == ErrorKind::Unavailable);
  CHECK(fs::is_empty(place.path("one")));
  fs::remove(place.path("one"));
  fs::rename(place.path("away"), place.path("one"));
  CHECK(blobs->open(digest));
  CHECK(blobs->open(std::string(64, 'b')).error().kind == ErrorKind::NotFound);
}

TEST_CASE_TEMPLATE("originals in the store's own place are not looked for in a folder", TestStore,
                   SqliteTestStore, PostgresTestStore) {
  SKIP_WITHOUT(TestStore);
  Place<TestStore> place;
  place.keep_one(*SqliteTestStore::must(place.open("")));
  place.check_refused("one", ErrorKind::BadInput, "leave --blobs out");
  CHECK_FALSE(fs::exists(place.path("one")));
  CHECK(SqliteTestStore::must(place.open(""))->open(digest));
}

TEST_CASE_TEMPLATE("a folder that has the originals and lost its mark is marked anew", TestStore,
                   SqliteTestStore, PostgresTestStore) {
  SKIP_WITHOUT(TestStore);
  Place<TestStore> place;
  place.keep_one(*SqliteTestStore::must(place.open("one")));
  fs::remove(mark_path(place.path("one")));
  CHECK(SqliteTestStore::must(place.open("one"))->open(digest));
  CHECK(fs::exists(mark_path(place.path("one"))));
}

TEST_CASE_TEMPLATE("an original goes after its last document, whoever is killed in between",
                   TestStore, SqliteTestStore, PostgresTestStore) {
  SKIP_WITHOUT(TestStore);
  Place<TestStore> place;
  const auto blobs = SqliteTestStore::must(place.open(""));
  place.keep_one(*blobs);
  Documents documents = place.store.documents();
  const DocumentId twin = place.keep_one(*blobs, R"({"dpi":300})");
  REQUIRE(documents.remove(1));
  REQUIRE(place.store.remove_doomed_originals(*blobs));
  CHECK(blobs->open(digest));
  REQUIRE(documents.remove(twin));
  CHECK(blobs->open(digest));  // the one who removed it is killed
  Store later = place.there.open();
  REQUIRE(later.remove_doomed_originals(*blobs));
  CHECK_FALSE(blobs->open(digest));

  REQUIRE(later.doom_unfinished_original(digest));
  place.keep_one(*blobs);
  REQUIRE(later.remove_doomed_originals(*blobs));
  CHECK(blobs->open(digest));
}
