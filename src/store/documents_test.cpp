// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/documents.h"

#include <doctest/doctest.h>

#include "store/test_stores.h"

using namespace civicum;

namespace {

StoredPage page_of(std::string text) {
  PageReading reading;
  reading.engine = "text layer";
  reading.content.text = std::move(text);
  return {reading, 2, "netns+landlock+seccomp", {mib(512), 60}};
}

}  // namespace

TEST_CASE_TEMPLATE("pages are found again after the store is opened anew", TestStore,
                   SqliteTestStore, PostgresTestStore) {
  SKIP_WITHOUT(TestStore);
  const TestStore place;
  DocumentId id = 0;
  {
    Store store = place.open();
    Documents documents = store.documents();
    id = documents.find_or_add({"abc", "lang=spa", "a.pdf", 10})->id;
    REQUIRE(documents.save_opened(id, {DocumentType::Image, 3}));
    REQUIRE(documents.save_page(id, 1, page_of("hola")));
  }
  Store store = place.open();
  Documents documents = store.documents();
  const auto again = documents.find_or_add({"abc", "lang=spa", "a.pdf", 10});
  REQUIRE(again);
  CHECK(again->id == id);
  CHECK(again->opened->page_count == 3);
  CHECK(again->opened->type == DocumentType::Image);
  const auto page = documents.load_page(id, 1);
  REQUIRE(page);
  REQUIRE(page->has_value());
  CHECK(std::get<PageReading>((*page)->outcome).content.text == "hola");
  CHECK((*page)->attempts == 2);
  CHECK_FALSE(documents.load_page(id, 0)->has_value());
  CHECK(*documents.count_ended(id) == 1);
  CHECK(documents.find_or_add({"abc", "lang=eng", "a.pdf", 10})->id != id);
}

TEST_CASE_TEMPLATE("a gap is settled until more memory or time is allowed", TestStore,
                   SqliteTestStore, PostgresTestStore) {
  SKIP_WITHOUT(TestStore);
  const TestStore place;
  Store store = place.open();
  Documents documents = store.documents();
  const DocumentId id = documents.find_or_add({"abc", "", "a.pdf", 10})->id;
  const Gap gap{GapReason::TooLarge, "needs more", gib(3), mib(512), {"200 dpi", "100 dpi"}};
  REQUIRE(documents.save_page(id, 0, {gap, 1, "rlimits", {mib(512), 60}}));
  REQUIRE(documents.save_page(id, 1, page_of("x")));
  CHECK(*documents.settled_pages(id, 2, {mib(512), 60}) == std::vector<bool>{true, true});
  CHECK(*documents.settled_pages(id, 2, {mib(256), 30}) == std::vector<bool>{true, true});
  CHECK(*documents.settled_pages(id, 2, {gib(2), 60}) == std::vector<bool>{false, true});
  CHECK(*documents.settled_pages(id, 2, {mib(512), 90}) == std::vector<bool>{false, true});
  CHECK(*documents.gap_pages(id) == std::vector<std::uint32_t>{0});
  const auto page = documents.load_page(id, 0);
  REQUIRE(page);
  const Gap& kept = std::get<Gap>((*page)->outcome);
  CHECK(kept.reason == GapReason::TooLarge);
  CHECK(kept.needed_bytes == gib(3));
  CHECK(kept.tried == std::vector<std::string>{"200 dpi", "100 dpi"});
}
