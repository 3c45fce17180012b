// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/library_errors.h"

#include <allheaders.h>
#include <doctest/doctest.h>

namespace civicum {
namespace {

TEST_CASE("a failed allocation fails the page, and is forgotten with the next one") {
  library_errors::begin_page();
  library_errors::note("Error in pixCreateNoInit: pixdata_malloc fail for data\n");
  library_errors::note("Error in pixScale: pixd not made\n");
  const Status verdict = library_errors::verdict();
  REQUIRE(!verdict);
  CHECK(verdict.error().kind == ErrorKind::OutOfMemory);
  CHECK(verdict.error().what == "Error in pixCreateNoInit: pixdata_malloc fail for data");
  library_errors::begin_page();
  CHECK(static_cast<bool>(library_errors::verdict()));
}

TEST_CASE("a few complaints are no reason to fail a page, a flood is") {
  library_errors::begin_page();
  library_errors::note("Syntax Error: Unknown operator");
  CHECK(static_cast<bool>(library_errors::verdict()));
  for (std::uint64_t i = 0; i <= library_errors::page_messages_max; ++i) {
    library_errors::note("Syntax Error: Unknown operator");
  }
  const Status verdict = library_errors::verdict();
  REQUIRE(!verdict);
  CHECK(verdict.error().kind == ErrorKind::Corrupt);
}

TEST_CASE("Leptonica's messages are heard") {
  library_errors::watch_leptonica();
  library_errors::begin_page();
  CHECK(pixCreate(2'000'000'000, 1'000'000'000, 32) == nullptr);
  for (std::uint64_t i = 0; i <= library_errors::page_messages_max; ++i) {
    static_cast<void>(pixClone(nullptr));
  }
  CHECK(!library_errors::verdict());
  library_errors::begin_page();
}

}  // namespace
}  // namespace civicum
