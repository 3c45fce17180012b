// SPDX-License-Identifier: GPL-3.0-or-later
#include "ocr/language_data.h"

#include <doctest/doctest.h>

#include <fstream>

#include "ocr/recognizer.h"
#include "os/temp_dir.h"

namespace civicum {
namespace {

TEST_CASE("a missing language is NotFound and names its package") {
  const auto data = open_language_data("chi_none");
  REQUIRE(!data);
  CHECK(data.error().kind == ErrorKind::NotFound);
  CHECK(data.error().what.find("tesseract-ocr-chi-none") != std::string::npos);
}

TEST_CASE("a second language that is missing is NotFound too") {
  const auto data = open_language_data("spa+xyz");
  REQUIRE(!data);
  CHECK(data.error().kind == ErrorKind::NotFound);
  CHECK(data.error().what.find("tesseract-ocr-xyz") != std::string::npos);
}

TEST_CASE("a language is a name, never a path") {
  for (const char* languages : {"", "../spa", "spa+", "spa eng", "/etc/passwd"}) {
    const auto data = open_language_data(languages);
    REQUIRE(!data);
    CHECK(data.error().kind == ErrorKind::BadInput);
  }
}

TEST_CASE("cut-off language data is Corrupt, not a crash") {
  const std::string folder = *find_tessdata("spa");
  const std::string whole = *read_file(folder + "/spa.traineddata", mib(64));
  const TempDir scratch = *TempDir::create();
  for (const std::size_t size : {std::size_t{100}, whole.size() / 3, whole.size() - 1000}) {
    std::ofstream(scratch.path() + "/spa.traineddata", std::ios::binary) << whole.substr(0, size);
    auto recognizer = make_recognizer(*LanguageData::open("spa", scratch.path()));
    REQUIRE(!recognizer);
    CHECK(recognizer.error().kind == ErrorKind::Corrupt);
  }
}

}  // namespace
}  // namespace civicum
