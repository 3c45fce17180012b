// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/json.h"

#include <doctest/doctest.h>

#include <limits>

using namespace civicum;

TEST_CASE("objects, arrays and commas come out as JSON") {
  std::string out;
  JsonWriter json(out);
  json.begin_object().member("a", std::uint32_t{1}).key("b").begin_array();
  json.value("x").null().value(true).begin_object().end_object().end_array();
  json.member("c", std::int64_t{-5}).end_object();
  CHECK(out == R"({"a":1,"b":["x",null,true,{}],"c":-5})");
}

TEST_CASE("strings are escaped, UTF-8 stays") {
  std::string out;
  JsonWriter(out).value("a\"\\\n\tñ\x01\x7F");
  CHECK(out == "\"a\\\"\\\\\\n\\tñ\\u0001\\u007f\"");
}

TEST_CASE("numbers have no trailing zeros and are always JSON") {
  std::string out;
  JsonWriter json(out);
  json.begin_array().value(1.50, 2).value(2.0, 2).value(0.333333, 3).value(-0.001, 2);
  json.value(std::numeric_limits<double>::infinity(), 2).value(1e20, 1).end_array();
  CHECK(out == "[1.5,2,0.333,0,null,100000000000000000000]");
}
