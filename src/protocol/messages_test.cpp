// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/messages.h"

#include <doctest/doctest.h>

#include <limits>

using namespace civicum;
using namespace civicum::protocol;

namespace {

PageReading sample_reading() {
  PageReading reading;
  reading.route = Route::Image;
  reading.dpi = Dpi{200};
  reading.engine = "tesseract 5.3.0 spa";
  reading.content.text = "Señor\nAlcalde";
  reading.content.words = {{0, 6, {1, 2, 30, 12}, 0.93F}, {7, 14, {1, 14, 40, 24}, std::nullopt}};
  reading.confidence = 0.9F;
  reading.degraded = Degradation{Dpi{300}, Dpi{200}, "budget"};
  reading.width = 595;
  reading.height = 842;
  reading.turned = 270;
  reading.cost = {812, 790, mib(45), mib(48), Bytes{0}, 3};
  return reading;
}

Result<Reply> round_trip(const Reply& reply) {
  const std::string frame = encode(reply);
  const auto header = decode_reply_header(std::string_view(frame).substr(0, frame_header_size));
  REQUIRE(header);
  REQUIRE(header->body_size == frame.size() - frame_header_size);
  return decode_reply(header->type, std::string_view(frame).substr(frame_header_size));
}

}  // namespace

TEST_CASE("a page's reading survives the wire") {
  const auto reply = round_trip(PageRead{sample_reading(), true});
  REQUIRE(reply);
  const auto& page = std::get<PageRead>(*reply);
  CHECK(page.wants_second_look);
  CHECK(page.reading.content.text == "Señor\nAlcalde");
  REQUIRE(page.reading.content.words.size() == 2);
  CHECK(page.reading.content.words[1].box == Box{1, 14, 40, 24});
  CHECK_FALSE(page.reading.content.words[1].confidence);
  CHECK(page.reading.degraded->reason == "budget");
  CHECK(page.reading.turned == 270);
  CHECK(page.reading.cost.peak_bytes == mib(45));
}

TEST_CASE("every other message survives the wire") {
  CHECK(std::get<Ready>(*round_trip(Ready{"netns"})).sandbox == "netns");
  CHECK(std::get<Opened>(*round_trip(Opened{DocumentType::Image, 3})).page_count == 3);
  CHECK(std::get<OpenFailed>(*round_trip(OpenFailed{OpenError::Encrypted, "x"})).reason ==
        OpenError::Encrypted);
  CHECK(
      std::get<Planned>(*round_trip(Planned{Route::Image, Dpi{200}, 5, 6, mib(9), 7})).height_px ==
      6);
  CHECK(std::get<Progress>(*round_trip(Progress{1000})).permille == 1000);
  CHECK(std::get<PageFailed>(*round_trip(PageFailed{GapReason::TooLarge, "d", mib(2), mib(1)}))
            .limit == mib(1));
  CHECK(std::holds_alternative<LayerWritten>(*round_trip(LayerWritten{})));
  CHECK(std::get<LayerFailed>(*round_trip(LayerFailed{"no"})).detail == "no");
  const auto start_failed =
      std::get<StartFailed>(*round_trip(StartFailed{"spa", StartFailed::Why::Language}));
  CHECK(start_failed.detail == "spa");
  CHECK(start_failed.why == StartFailed::Why::Language);
  const std::string frame = encode(
      Request{ReadPage{7, Dpi{200}, Dpi{150}, RouteAllowed::Image, Look::Second, mib(64), 9}});
  const auto request = decode_request(static_cast<std::uint8_t>(frame[4]), frame.substr(5));
  REQUIRE(request);
  CHECK(std::get<ReadPage>(*request).dpi_max == Dpi{150});
  CHECK(std::get<ReadPage>(*request).look == Look::Second);
}

TEST_CASE("a reader's lies are refused") {
  const auto refuses = [](const PageReading& reading) {
    return !decode_reading(encode_reading(reading));
  };
  PageReading reading = sample_reading();
  reading.content.words[1].begin = 3;
  CHECK(refuses(reading));  // overlapping words
  reading = sample_reading();
  reading.content.words[1].end = 99;
  CHECK(refuses(reading));  // past the text
  reading = sample_reading();
  reading.content.words[0].end = 3;
  CHECK(refuses(reading));  // inside a code point
  reading = sample_reading();
  reading.content.text[0] = '\xFF';
  CHECK(refuses(reading));  // not UTF-8
  reading = sample_reading();
  reading.content.words[0].box.x1 = std::numeric_limits<float>::quiet_NaN();
  CHECK(refuses(reading));
  reading = sample_reading();
  reading.content.words[0].confidence = 1.5F;
  CHECK(refuses(reading));
  reading = sample_reading();
  reading.turned = 45;
  CHECK(refuses(reading));
  reading = sample_reading();
  reading.engine = "a\nb";
  CHECK(refuses(reading));
}

TEST_CASE("frames of unknown type, too large or with bytes left over are refused") {
  CHECK_FALSE(decode_reply_header(std::string("\xFF\xFF\xFF\x7F\x00", 5)));
  CHECK_FALSE(decode_reply_header(std::string("\x00\x00\x00\x00\x63", 5)));
  CHECK_FALSE(decode_reply_header("abc"));
  CHECK_FALSE(decode_reply(7, "x"));
  CHECK_FALSE(decode_reply(1, std::string("\x00\x00\x00\x00\x00", 5)));  // no pages
  CHECK_FALSE(decode_request(3, ""));
}
