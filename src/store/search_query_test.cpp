// SPDX-License-Identifier: GPL-3.0-or-later
// The search language; what it refuses is in search_test.cpp.
#include "store/search_query.h"

#include <doctest/doctest.h>

#include "store/search_index.h"

using namespace civicum;

namespace {

std::string fts5(std::string_view text) {
  const auto terms = parse_search(text);
  return terms ? fts5_match(*terms) : terms.error().what;
}

std::string tsquery(std::string_view text) {
  const auto terms = parse_search(text);
  return terms ? ts_query(*terms) : terms.error().what;
}

}  // namespace

TEST_CASE("words, phrases, prefixes and exclusions are said in each store's language") {
  CHECK(fts5("Actas obras") == "(\"acta\" AND \"obra\")");
  CHECK(tsquery("Actas obras") == "(('acta') & ('obra'))");
  CHECK(fts5("«acta 7» obr* -302/22 -sin*") ==
        "((stems : \"acta 7\") AND \"obr\"*) NOT ((stems : \"302 22\") OR \"sin\"*)");
  const std::string acta = pair_of("acta", "7");
  const std::string number = pair_of("302", "22");
  CHECK(tsquery("«acta 7» obr* -302/22 -sin*") == "(('" + acta +
                                                      "' & ('acta' <-> '7')) & 'obr':*) & !(('" +
                                                      number + "' & ('302' <-> '22')) | 'sin':*)");
}

TEST_CASE("a star belongs to a piece's last word, a minus to what follows it") {
  CHECK(tsquery("12.345.678-k1a*") == "('k1a':* & ('12345678'))");
  CHECK(tsquery("a*b \"obra*\" - c") ==
        "(('" + pair_of("a", "b") + "' & ('a' <-> 'b')) & ('obra') & ('c'))");
  CHECK(tsquery("rut:\"acta\"") == "(('rut') & ('acta'))");
}
