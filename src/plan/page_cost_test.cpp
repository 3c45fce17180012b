// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/page_cost.h"

#include <doctest/doctest.h>

#include <limits>

using namespace civicum;

namespace {

DpiRequest page(double width, double height, Dpi wished, Bytes limit) {
  return {wished, limit, 50'000'000, [=](Dpi dpi) { return rendered_page(width, height, dpi); }};
}

DpiRequest a4(Dpi wished, Bytes limit) { return page(595.3, 841.9, wished, limit); }

}  // namespace

TEST_CASE("A4 within the budget keeps the wished resolution") {
  const auto choice = choose_dpi(a4(Dpi{300}, mib(512)));
  REQUIRE(std::holds_alternative<DpiChoice>(choice));
  const auto& chosen = std::get<DpiChoice>(choice);
  CHECK(chosen.shape.dpi == Dpi{300});
  CHECK(chosen.shape.width_px == 2481);
  CHECK_FALSE(chosen.degraded);
}

TEST_CASE("a page over the budget goes down to the dpi that fits, and says so") {
  const auto choice = choose_dpi(a4(Dpi{300}, mib(40)));
  REQUIRE(std::holds_alternative<DpiChoice>(choice));
  const auto& chosen = std::get<DpiChoice>(choice);
  CHECK(chosen.shape.dpi < Dpi{300});
  CHECK(chosen.shape.dpi >= dpi_min);
  CHECK(chosen.cost.peak <= mib(40));
  REQUIRE(chosen.degraded);
  CHECK(chosen.degraded->from == Dpi{300});
  CHECK(chosen.degraded->reason == "budget");
}

TEST_CASE("a poster is brought below the pixel bound") {
  const DpiRequest poster = page(4800, 4800, Dpi{200}, gib(8));
  const auto choice = choose_dpi(poster);
  REQUIRE(std::holds_alternative<DpiChoice>(choice));
  CHECK(std::get<DpiChoice>(choice).degraded->reason == "pixels");
}

TEST_CASE("what does not fit at 100 dpi is too large, with numbers") {
  const DpiRequest absurd = page(100'000, 100'000, Dpi{200}, mib(512));
  const auto choice = choose_dpi(absurd);
  REQUIRE(std::holds_alternative<DoesNotFit>(choice));
  CHECK(std::get<DoesNotFit>(choice).needed > gib(1));
  CHECK(std::get<DoesNotFit>(choice).limit == mib(512));
}

TEST_CASE("no side is longer than OCR can count") {
  const DpiRequest ribbon = page(72, 12'000, Dpi{300}, mib(512));
  const auto choice = choose_dpi(ribbon);
  REQUIRE(std::holds_alternative<DpiChoice>(choice));
  CHECK(std::get<DpiChoice>(choice).shape.height_px <= 32'767);
  CHECK(std::get<DpiChoice>(choice).degraded->reason == "pixels");
}

TEST_CASE("any page size has an answer") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double side : {0.0, -5.0, 1e300, nan, std::numeric_limits<double>::infinity()}) {
    (void)choose_dpi(page(side, side, Dpi{200}, mib(512)));
  }
  CHECK(rendered_page(nan, 0, Dpi{200}).width_px == 1700);
}

TEST_CASE("a decoder that holds more than OCR sets the peak") {
  const auto streaming = predict_page({1000, 1000, Dpi{200}, 8, Bytes{0}});
  const auto holding = predict_page({1000, 1000, Dpi{200}, 8, mib(300)});
  CHECK(holding.peak > streaming.peak + mib(200));
}

TEST_CASE("a reader may take three times its prediction, within the budget") {
  CHECK(reader_cap(mib(100), gib(2)) == mib(300));
  CHECK(reader_cap(mib(30), gib(2)) == mib(256));
  CHECK(reader_cap(mib(100), mib(150)) == mib(150));
  CHECK(reader_cap(std::nullopt, gib(2)) < gib(1));
}
