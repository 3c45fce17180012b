// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/reading_options.h"

#include <doctest/doctest.h>

using namespace civicum;

TEST_CASE("reading options come back from their text; what is none is an error") {
  const auto options = parse_reading_options(text_of({"spa+eng", Dpi{150}}));
  REQUIRE(options);
  CHECK(options->lang == "spa+eng");
  CHECK(options->dpi == Dpi{150});
  CHECK(parse_reading_options("reading=3 lang=spa dpi=200")->lang == "spa");
  for (const char* text :
       {"", "lang=spa", "reading=4 lang=spa dpi=", "reading=4 lang=spa dpi=2x"}) {
    CHECK_FALSE(parse_reading_options(text));
  }
}
