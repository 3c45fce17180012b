// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/pdf_complaints.h"

#include <doctest/doctest.h>

namespace civicum {

TEST_CASE("what is left out of a page is a loss; what is replaced or beside the page is not") {
  CHECK(is_loss("Unknown operator 'xyzzy'"));
  CHECK(is_loss("Too few (1) args to 'Td' operator"));
  CHECK(is_loss("XObject 'Im0' is unknown"));
  CHECK(is_loss("Unexpected end of file in flate stream"));
  CHECK(is_loss("Unknown font tag 'F1'"));
  CHECK_FALSE(is_loss("Mismatch between font type and embedded font file"));
  CHECK_FALSE(is_loss("Unknown font tag 'ZaDb'"));
  CHECK_FALSE(is_loss("Bad bounding box for annotation"));
  CHECK_FALSE(is_loss("Missing 'endstream' or incorrect stream length"));
  CHECK_FALSE(is_loss("Did no succeed opening JPX Stream as JP2, trying as J2K."));
}

}  // namespace civicum
