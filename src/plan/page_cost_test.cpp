// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/page_cost.h"

#include <doctest/doctest.h>

#include <limits>

using namespace civicum;

namespace {

DpiRequest a4(Dpi wished, Bytes limit) {
  DpiRequest request;
  request.width = 595.3;
  request.height = 841.9;
  request.wished = wished;
  request.limit = limit;
  request.pixels_max = 50'000'000;
  return request;
}

}  // namespace

TEST_CASE("A4 within the budget keeps the wished resolution") {
  const auto choice = choose_dpi(a4(Dpi{300}, mib(512)));
  REQUIRE(std::holds_alternative<DpiChoice>(choice));
  const auto& chosen = std::get<DpiChoice>(choice);
  CHECK(chosen.dpi == Dpi{300});
  CHECK(chosen.width_px == 2481);
  CHECK_FALSE(chosen.degraded);
}

TEST_CASE("a page over the budget goes down to the dpi that fits, and says so") {
  const auto choice = choose_dpi(a4(Dpi{300}, mib(36)));
  REQUIRE(std::holds_alternative<DpiChoice>(choice));
  const auto& chosen = std::get<DpiChoice>(choice);
  CHECK(chosen.dpi < Dpi{300});
  CHECK(chosen.dpi >= dpi_min);
  CHECK(chosen.cost.peak <= mib(36));
  REQUIRE(chosen.degraded);
  CHECK(chosen.degraded->from == Dpi{300});
  CHECK(chosen.degraded->reason == "budget");
}

TEST_CASE("a poster is brought below the pixel bound") {
  DpiRequest poster = a4(Dpi{200}, gib(8));
  poster.width = 4800;
  poster.height = 4800;
  const auto choice = choose_dpi(poster);
  REQUIRE(std::holds_alternative<DpiChoice>(choice));
  CHECK(std::get<DpiChoice>(choice).degraded->reason == "pixels");
}

TEST_CASE("what does not fit at 100 dpi is too large, with numbers") {
  DpiRequest absurd = a4(Dpi{200}, mib(512));
  absurd.width = 100'000;
  absurd.height = 100'000;
  const auto choice = choose_dpi(absurd);
  REQUIRE(std::holds_alternative<DoesNotFit>(choice));
  CHECK(std::get<DoesNotFit>(choice).needed > gib(1));
  CHECK(std::get<DoesNotFit>(choice).limit == mib(512));
}

TEST_CASE("no side is longer than OCR can count") {
  DpiRequest ribbon = a4(Dpi{300}, mib(512));
  ribbon.width = 72;
  ribbon.height = 12'000;
  const auto choice = choose_dpi(ribbon);
  REQUIRE(std::holds_alternative<DpiChoice>(choice));
  CHECK(std::get<DpiChoice>(choice).height_px <= 32'767);
  CHECK(std::get<DpiChoice>(choice).degraded->reason == "pixels");
}

TEST_CASE("any page size has an answer") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double side : {0.0, -5.0, 1e300, nan, std::numeric_limits<double>::infinity()}) {
    DpiRequest request = a4(Dpi{200}, mib(512));
    request.width = side;
    request.height = side;
    (void)choose_dpi(request);
  }
  DpiRequest nothing = a4(Dpi{200}, mib(512));
  nothing.width = nan;
  nothing.height = 0;
  REQUIRE(std::holds_alternative<DpiChoice>(choose_dpi(nothing)));
  CHECK(std::get<DpiChoice>(choose_dpi(nothing)).width_px == 1700);
}

TEST_CASE("a decoder that holds more than OCR sets the peak") {
  const auto streaming = predict_page({1000, 1000, 8, Bytes{0}});
  const auto holding = predict_page({1000, 1000, 8, mib(300)});
  CHECK(holding.peak > streaming.peak + mib(200));
}

TEST_CASE("a reader may take three times its prediction, within the budget") {
  CHECK(reader_cap(mib(100), gib(2)) == mib(300));
  CHECK(reader_cap(mib(30), gib(2)) == mib(256));
  CHECK(reader_cap(mib(100), mib(150)) == mib(150));
  CHECK(reader_cap(std::nullopt, gib(2)) < gib(1));
}
