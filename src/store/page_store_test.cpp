// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/page_store.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace civicum;
namespace fs = std::filesystem;

namespace {

struct Folder {
  Folder() {
    std::string name = (fs::temp_directory_path() / "civicum-store-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { fs::remove_all(path); }
  std::string path;
};

StoredPage page_of(std::string text) {
  PageReading reading;
  reading.engine = "text layer";
  reading.content.text = std::move(text);
  return {reading, 2, "netns+landlock+seccomp", {mib(512), 60}};
}

}  // namespace

TEST_CASE("pages are found again after the store is opened anew") {
  const Folder folder;
  DocumentId id = 0;
  {
    auto store = PageStore::open(folder.path);
    REQUIRE(store);
    id = store->find_or_add("abc", "lang=spa")->id;
    REQUIRE(store->save_opened(id, {DocumentType::Image, 3}));
    REQUIRE(store->save_page(id, 1, page_of("hola")));
  }
  auto store = PageStore::open(folder.path);
  REQUIRE(store);
  const auto again = store->find_or_add("abc", "lang=spa");
  REQUIRE(again);
  CHECK(again->id == id);
  CHECK(again->opened->page_count == 3);
  CHECK(again->opened->type == DocumentType::Image);
  const auto page = store->load_page(id, 1);
  REQUIRE(page);
  REQUIRE(page->has_value());
  CHECK(std::get<PageReading>((*page)->outcome).content.text == "hola");
  CHECK((*page)->attempts == 2);
  CHECK_FALSE(store->load_page(id, 0)->has_value());
  CHECK(store->find_or_add("abc", "lang=eng")->id != id);
}

TEST_CASE("a gap is settled until more memory or time is allowed") {
  const Folder folder;
  auto store = PageStore::open(folder.path);
  REQUIRE(store);
  const DocumentId id = store->find_or_add("abc", "")->id;
  const Gap gap{GapReason::TooLarge, "needs more", gib(3), mib(512), {"200 dpi", "100 dpi"}};
  REQUIRE(store->save_page(id, 0, {gap, 1, "rlimits", {mib(512), 60}}));
  REQUIRE(store->save_page(id, 1, page_of("x")));
  CHECK(*store->settled_pages(id, 2, {mib(512), 60}) == std::vector<bool>{true, true});
  CHECK(*store->settled_pages(id, 2, {mib(256), 30}) == std::vector<bool>{true, true});
  CHECK(*store->settled_pages(id, 2, {gib(2), 60}) == std::vector<bool>{false, true});
  CHECK(*store->settled_pages(id, 2, {mib(512), 90}) == std::vector<bool>{false, true});
  const auto page = store->load_page(id, 0);
  REQUIRE(page);
  const Gap& kept = std::get<Gap>((*page)->outcome);
  CHECK(kept.reason == GapReason::TooLarge);
  CHECK(kept.needed_bytes == gib(3));
  CHECK(kept.tried == std::vector<std::string>{"200 dpi", "100 dpi"});
}

TEST_CASE("a folder that is not there or a file that is no database is an error with its path") {
  const Folder folder;
  const auto missing = PageStore::open(folder.path + "/none");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().what.find("/none/") != std::string::npos);
  std::ofstream(folder.path + "/civicum.sqlite") << std::string(8192, 'x');
  const auto garbage = PageStore::open(folder.path);
  REQUIRE_FALSE(garbage);
  CHECK(garbage.error().kind == ErrorKind::Corrupt);
}

TEST_CASE("a store of a newer program is refused with a sentence") {
  const Folder folder;
  {
    auto db = SqliteDb::open(folder.path + "/civicum.sqlite");
    REQUIRE(db);
    REQUIRE(db->execute("PRAGMA user_version=99"));
  }
  const auto store = PageStore::open(folder.path);
  REQUIRE_FALSE(store);
  CHECK(store.error().what.find("newer civicum") != std::string::npos);
}
