// SPDX-License-Identifier: GPL-3.0-or-later
#include "ocr/mail_words.h"

#include <doctest/doctest.h>

#include <string>

namespace civicum {
namespace {

/// Words 10 pixels per letter wide, 10 apart.
std::vector<RecognizedWord> words_of(const std::vector<std::string>& texts) {
  std::vector<RecognizedWord> words;
  int x = 100;
  for (const std::string& text : texts) {
    const int width = 10 * static_cast<int>(text.size());
    words.push_back({text, {x, 200, x + width, 220}, 0.9F});
    x += width + 10;
  }
  return words;
}

RecognizedLine line_of(const std::vector<std::string>& texts) {
  RecognizedLine line{words_of(texts), {}};
  line.box = {100, 200, line.words.back().box.x1, 220};
  return line;
}

std::string text_of(const RecognizedLine& line) {
  std::string text;
  for (const RecognizedWord& word : line.words) text += (text.empty() ? "" : " ") + word.text;
  return text;
}

std::size_t suspects_in(const std::string& word) {
  return find_mail_suspects({{{line_of({"a", word})}, {}}}).size();
}

}  // namespace

TEST_CASE("a word that ends like a mail host without an at sign is suspect") {
  CHECK(suspects_in("j.perezOmunicipalidad-maipu.cl") == 1);
  CHECK(suspects_in("(contactoWEMPRESA.COM).") == 1);
  CHECK(suspects_in("j.perez@maipu.cl") == 0);
  CHECK(suspects_in("www.sii.cl") == 0);
  CHECK(suspects_in("https://sii.cl") == 0);
  CHECK(suspects_in("a.cl") == 0);
  CHECK(suspects_in("artículo") == 0);
}

TEST_CASE("what is read again takes in two words before the suspect and a margin") {
  const auto suspects = find_mail_suspects({{{line_of({"uno", "dos", "juan", "Omaipu.cl"})}, {}}});
  REQUIRE(suspects.size() == 1);
  CHECK(suspects[0].word == 3);
  CHECK(suspects[0].box == PixelBox{134, 194, 326, 226});
}

TEST_CASE("an address takes the place of what it was taken for") {
  RecognizedLine line = line_of({"correo:", "j.perezOmaipu.cl", "y", "fono"});
  adopt_mail_address(line, 1, words_of({"correo:", "j.perez@maipu.cl"}));
  CHECK(text_of(line) == "correo: j.perez@maipu.cl y fono");
}

TEST_CASE("an address that both models tore apart is joined") {
  RecognizedLine line = line_of({"a", "juan.soto", "Qmaipu.cl"});
  adopt_mail_address(line, 2, words_of({"a", "juan.soto", "@maipu.cl"}));
  CHECK(text_of(line) == "a juan.soto@maipu.cl");
  RecognizedLine whole = line_of({"a", "Maria.LopezGMAIL.com"});
  adopt_mail_address(whole, 1, words_of({"a", "Maria.", "Lopez@", "GMAIL.com"}));
  CHECK(text_of(whole) == "a Maria.Lopez@GMAIL.com");
}

TEST_CASE("a line stays where the second reading is no address, or quite another") {
  const std::string text = "escriba a oficinaOmaipu.cl";
  for (const std::vector<std::string>& reading :
       {std::vector<std::string>{"escriba", "a", "oficina.maipu.cl"},
        {"escriba", "a", "of@cin@maipu.cl"},
        {"escriba", "a", "@maipu.cl"},
        {"escriba", "a", "oficina@maipu"},
        {"x@y.cl"},
        {}}) {
    RecognizedLine line = line_of({"escriba", "a", "oficinaOmaipu.cl"});
    adopt_mail_address(line, 2, words_of(reading));
    CHECK(text_of(line) == text);
  }
}

}  // namespace civicum
