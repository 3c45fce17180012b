// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.h"

#include <doctest/doctest.h>

using namespace civicum;

TEST_CASE("well-formed UTF-8 is told from overlong, surrogate and cut forms") {
  CHECK(is_utf8("señor ñandú €"));
  CHECK(is_utf8("\xF0\x9F\x98\x80"));
  CHECK_FALSE(is_utf8("\xC0\xAF"));
  CHECK_FALSE(is_utf8("\xED\xA0\x80"));
  CHECK_FALSE(is_utf8("\xE2\x82"));
  CHECK_FALSE(is_utf8("\xF5\x80\x80\x80"));
}

TEST_CASE("cleaning drops controls and marks malformed bytes") {
  using namespace std::string_view_literals;
  CHECK(clean_utf8("a\0b\x01\tc\n"sv) == "ab\tc\n");
  CHECK(clean_utf8("a\xFFz") == "a\xEF\xBF\xBDz");
  CHECK(is_utf8(clean_utf8("\xC3\x28\xA0\xF0\x28")));
}

TEST_CASE("a cut never splits a code point") {
  CHECK(cut_utf8("añb", 2) == "a");
  CHECK(cut_utf8("añb", 3) == "añ");
  CHECK(cut_utf8("añb", 9) == "añb");
}

TEST_CASE("code points are appended and counted") {
  std::string out;
  for (const char32_t c : {U'a', U'ñ', U'€', U'\U0001F600', char32_t{0xD800}, char32_t{0x110000}}) {
    append_utf8(out, c);
  }
  CHECK(out == "añ€\xF0\x9F\x98\x80\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(count_code_points(out) == 6);
}

TEST_CASE("a message becomes one line") {
  CHECK(one_line("a\nb\x01\xFF") == "a b\xEF\xBF\xBD");
  CHECK(one_line(std::string(5000, 'x')).size() == 1000);
}

TEST_CASE("UTF-8 is decoded code point by code point, and malformed bytes one by one") {
  const std::string_view text = "aé€😀\xE2\x82";
  std::size_t at = 0;
  for (const char32_t expected : {U'a', U'é', U'€', U'😀'}) CHECK(decode_utf8(text, at) == expected);
  CHECK_FALSE(decode_utf8(text, at));
  CHECK(at + 1 == text.size());
}
