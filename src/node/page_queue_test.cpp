// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/page_queue.h"

#include <doctest/doctest.h>

using namespace civicum;

TEST_CASE("settled pages are skipped, pages put back come first, every page ends once") {
  PageQueue pages;
  pages.start({true, false, true, false, false});
  CHECK(pages.left() == 3);
  auto first = pages.take();
  REQUIRE(first);
  CHECK(first->page_index == 1);
  CHECK(pages.take()->page_index == 3);
  pages.put_back(*std::move(first));
  CHECK(pages.take()->page_index == 1);
  CHECK(pages.take()->page_index == 4);
  CHECK_FALSE(pages.has_waiting());
  CHECK_FALSE(pages.take());
  for (int i = 0; i < 3; ++i) {
    CHECK_FALSE(pages.is_finished());
    pages.finish_one();
  }
  CHECK(pages.is_finished());
}

TEST_CASE("a document whose pages are all settled needs no reader") {
  PageQueue pages;
  pages.start({true, true});
  CHECK(pages.is_finished());
  CHECK_FALSE(pages.has_waiting());
}
