// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/table.h"

#include <doctest/doctest.h>

using namespace civicum;

TEST_CASE(
    "columns stand under one another, numbers to the right, letters counted as they are seen") {
  CHECK(render_table({">ID", "FILE", "STATE"}, {{"7", "señal.pdf", "done"}, {"12", "a", ""}}) ==
        "ID  FILE       STATE\n"
        " 7  señal.pdf  done\n"
        "12  a\n");
}
