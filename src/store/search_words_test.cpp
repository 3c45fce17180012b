// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/search_words.h"

#include <doctest/doctest.h>

#include "store/spanish_stem.h"

using namespace civicum;

namespace {

std::string forms_of(std::string_view text) {
  std::string forms;
  for (const TextWord& word : split_words(text, 100)) forms += word.form + "|";
  return forms;
}

}  // namespace

TEST_CASE("words are runs of letters and digits in small letters without accents") {
  CHECK(forms_of("") == "");
  CHECK(forms_of(" ¿Año, Ñandú; PINGÜINO?") == "ano|nandu|pinguino|");
  CHECK(forms_of("resolucio\u0301n o\uFB01cio noti\u00ADficación") ==
        "resolucion|oficio|notificacion|");
  CHECK(forms_of("Nº 3 N° 3 1ª") == "n|3|n|3|1|");
  CHECK(forms_of("juan.perez@muni.cl C-1234-2020") == "juan|perez|muni|cl|c|1234|2020|");
  CHECK(forms_of("Ελλάς 東京 \xFFx\xC3") == "ελλασ|東京|x|");
}

TEST_CASE("grouped digits are one number, and a line's end does not break a word") {
  CHECK(forms_of("12.345.678-K 1.250.000, 2.500,75.") == "12345678|k|1250000|2500|75|");
  CHECK(forms_of("05.03.2024 1.2345 1234.567 1.234a 1.234.56") ==
        "05|03|2024|1|2345|1234|567|1|234a|1234|56|");
  CHECK(forms_of("notifi-\ncación Juan-\nPedro 12-\n34 a-") == "notificacion|juan|pedro|12|34|a|");
}

TEST_CASE("a word knows its place, and a long one is cut") {
  const std::string text = "¡La  RESOLUCIÓN! " + std::string(100, 'x');
  const auto words = split_words(text, 100);
  REQUIRE(words.size() == 3);
  CHECK(text.substr(words[1].begin, words[1].end - words[1].begin) == "RESOLUCIÓN");
  CHECK(words[2].form == std::string(word_bytes_max, 'x'));
  CHECK(words[2].end == text.size());
  CHECK(split_words(text, 2).size() == 2);
}

TEST_CASE("a word's forms share their stem") {
  SpanishStemmer stemmer;
  CHECK(stemmer.stem("resolucion") == stemmer.stem("resoluciones"));
  CHECK(stemmer.stem("notificacion") == stemmer.stem("notificaciones"));
  CHECK(stemmer.stem("tecnologia") == stemmer.stem("tecnologias"));
  CHECK(stemmer.stem("juridica") == stemmer.stem("juridicos"));
  CHECK(stemmer.stem("acta") == stemmer.stem("actas"));
  CHECK(stemmer.stem("obra") == stemmer.stem("obras"));
  CHECK(stemmer.stem("ano") == stemmer.stem("anos"));
  CHECK(stemmer.stem("dos") == "dos");
  CHECK(stemmer.stem("302b") == "302b");
}
