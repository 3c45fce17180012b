// SPDX-License-Identifier: GPL-3.0-or-later
#include "summary/summary.h"

#include <doctest/doctest.h>

#include <array>
#include <string_view>

#include "base/text.h"
#include "summary/candidates.h"
#include "summary/page_lines.h"
#include "summary/ranking.h"
#include "summary/sentences.h"
#include "summary/words.h"

using namespace civicum;

namespace {

Summary summarize(const std::vector<std::string>& pages) {
  Summarizer summarizer;
  std::uint32_t index = 0;
  for (const std::string& text : pages) summarizer.add_page(index++, PageText{text, {}});
  return std::move(summarizer).finish();
}

std::vector<std::string> sentences_of(const std::string& text) {
  std::vector<std::string> sentences;
  SentenceSplitter().split(text, [&](std::size_t begin, std::size_t end) {
    sentences.push_back(text.substr(begin, end - begin));
  });
  return sentences;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != text.npos;
}

const std::string letter =
    "ILUSTRE MUNICIPALIDAD DE LOS ALERCES\nDIRECCIÓN DE OBRAS MUNICIPALES\n\n"
    "ORD. N° 417/2024\n\nANT.: Presentación de fecha 3 de abril de 2024.\n"
    "MAT.: Responde reclamo por ruidos molestos en calle Los Canelos.\n\n"
    "LOS ALERCES, 19 de abril de 2024\n\nDE : DIRECTORA DE OBRAS MUNICIPALES\n"
    "A : SR. HERNÁN PEÑALOZA CÁRCAMO\n\nDe mi consideración:\n\n"
    "Junto con saludar, y en atención a su presentación, el Sr. Peñaloza reclamó por los ruidos "
    "que\nprovoca el taller mecánico de Inversiones Ríoseco Ltda. Ubicado en el N° 230 de la "
    "calle Los Cane-\nlos, el taller funciona con patente provisoria desde el año 2022.\n\n"
    "La inspección realizada el 12 de abril comprobó que el taller supera en once decibeles el "
    "límite\nnocturno que fija el D.S. N° 38 del Ministerio del Medio Ambiente.\n\n"
    "En consecuencia, esta Dirección otorga al taller un plazo de treinta días para instalar "
    "paneles\nacústicos, bajo apercibimiento de clausura. El taller deberá informar el avance de "
    "las obras.\n\n"
    "Sin otro particular, saluda atentamente a usted.\n\nCAROLINA MARDONES SOTO\n"
    "DIRECTORA DE OBRAS\n";

}  // namespace

TEST_CASE("abbreviations, initials and decimals do not end a sentence") {
  CHECK(sentences_of("El Sr. Pérez y la Sra. Soto viven en Av. Matta, Of. 12. Luego salieron.")
            .size() == 2);
  CHECK(sentences_of("Según el Art. 5 y la Res. Ex. N° 20, la empresa Aguas S.A. Paga U.F. 3.5 "
                     "hoy.")
            .size() == 1);
  CHECK(sentences_of("Firmó J. M. Carrera. Después volvió.").size() == 2);
  CHECK(sentences_of("El D.S. Nº 38, el D.F.L. Nº 1, etc. Rigen en pág. 4 del texto.").size() == 1);
  CHECK(sentences_of("¿Vino ayer? Sí. ¡Qué bueno!").size() == 3);
  CHECK(sentences_of("").empty());
  CHECK(sentences_of(" \n ").empty());
}

TEST_CASE("a letter gives its subject and what it decides, not its letterhead or courtesies") {
  const Summary summary = summarize({letter});
  CAPTURE(summary.text);
  CHECK(contains(summary.text, "Responde reclamo por ruidos molestos en calle Los Canelos."));
  CHECK(contains(summary.text, "plazo de treinta días"));
  CHECK_FALSE(contains(summary.text, "MUNICIPALIDAD"));
  CHECK_FALSE(contains(summary.text, "saluda atent"));
  CHECK_FALSE(contains(summary.text, "MARDONES"));
  CHECK_FALSE(contains(summary.text, "DIRECTORA"));
  CHECK(summary.pages == std::vector<std::uint32_t>{1});
  CHECK(count_code_points(summary.text) <= summary_length_max);
}

TEST_CASE("words broken at a line's end are made whole, also over a page's end") {
  const Summary summary = summarize(
      {"El concejo municipal aprobó por unanimidad la ordenanza que regula las fe-\nrias libres de "
       "la comuna y que",
       "entrará en vigencia el primero de enero del próximo año."});
  CHECK(summary.text ==
        "El concejo municipal aprobó por unanimidad la ordenanza que regula las ferias libres de "
        "la comuna y que entrará en vigencia el primero de enero del próximo año.");
  CHECK(summary.pages == std::vector<std::uint32_t>{1, 2});
}

TEST_CASE("headers and footers that return, with other numbers, are left out") {
  const std::array<std::string, 3> bodies = {
      "La comisión revisó las cuentas del año y encontró diferencias importantes en los gastos.",
      "Los vecinos pidieron que el puente sobre el estero sea reparado antes del próximo invierno.",
      "El presupuesto de la obra alcanza para reparar dos de los tres puentes de la localidad."};
  std::vector<std::string> pages;
  pages.reserve(bodies.size());
  for (const std::string& body : bodies) {
    pages.push_back("El presente informe fue elaborado por la Contraloría Interna, página " +
                    std::to_string(pages.size() + 7) + " de 9.\n" + body + "\nContraloría " +
                    std::to_string(pages.size()) + "\n");
  }
  const Summary summary = summarize(pages);
  CHECK_FALSE(contains(summary.text, "elaborado"));
  CHECK(contains(summary.text, "puente sobre el estero"));
  CHECK(summary.pages == std::vector<std::uint32_t>{1, 2, 3});
}

TEST_CASE("the same sentence twice is told once") {
  const std::string twice =
      "El tribunal rechazó la demanda por falta de pruebas suficientes del actor.";
  const Summary summary = summarize({twice + "\n\n" + twice +
                                     "\n\nLas costas del juicio serán pagadas por la parte "
                                     "demandante dentro de diez días."});
  CHECK(summary.text.find("rechazó") == summary.text.rfind("rechazó"));
  CHECK(contains(summary.text, "costas"));
}

TEST_CASE("headings, tables and lines of numbers are no sentences") {
  const PageLines page = split_lines(0, {"CAPÍTULO PRIMERO\n\n2.1 Alcance del servicio\n\n"
                                         "Total 1.200.000 35 400\n\nIntroducción ........ 7\n\n"
                                         "MATERIA: Aprueba bases de licitación\n\n"
                                         "El servicio comenzó en marzo y sigue vigente.\n",
                                         {}});
  REQUIRE(page.lines.size() == 6);
  CHECK(classify(page, 0) == LineKind::Heading);
  CHECK(classify(page, 1) == LineKind::Heading);
  CHECK(classify(page, 2) == LineKind::Row);
  CHECK(classify(page, 3) == LineKind::Row);
  CHECK(classify(page, 4) == LineKind::Subject);
  CHECK(classify(page, 5) == LineKind::Prose);
}

TEST_CASE("a document without text has an empty summary, one of a few words has those") {
  CHECK(summarize({}).text.empty());
  CHECK(summarize({""}).text.empty());
  CHECK(summarize({"\n\n \n"}).pages.empty());
  const Summary summary = summarize({"", "CERTIFICADO DE NACIMIENTO\n"});
  CHECK(summary.text == "CERTIFICADO DE NACIMIENTO");
  CHECK(summary.pages == std::vector<std::uint32_t>{2});
}

TEST_CASE("what a reading was not sure of, and noise, is no candidate") {
  CHECK_FALSE(is_readable("xkcd wrtz bnmpl qrst vwxz kjhg", {}));
  CHECK_FALSE(is_readable("| . , ; ~ = 1 l i | ; : .", {}));
  CHECK_FALSE(is_readable("El alcalde firmó el decreto.", 0.4F));
  CHECK(is_readable("El alcalde firmó el decreto.", 0.9F));
  CHECK(summarize({"*X¯D GH UHIHUHQFLD GH 'HELDQ VXJHUHQFLD PSWRS QWZXC BNMKL.\n"}).text.empty());
}

TEST_CASE("one endless sentence and malformed bytes end") {
  std::string endless;
  while (endless.size() < (std::size_t{1} << 20)) endless += "la ley manda que ";
  CHECK(count_code_points(summarize({endless}).text) <= summary_length_max);
  CHECK(summarize({std::string(std::size_t{1} << 20, 'a')}).text.empty());
  CHECK(summarize({std::string(std::size_t{1} << 20, '-')}).text.empty());
  std::string bytes;
  for (int i = 0; i < 20'000; ++i) bytes += static_cast<char>(i * 7919 >> 3);
  summarize({bytes, bytes, bytes});
}

TEST_CASE("a long document keeps a bounded number of candidates and gives the same answer again") {
  std::vector<std::string> pages;
  for (int page = 0; page < 120; ++page) {
    std::string text;
    for (int i = 0; i < 12; ++i) {
      const std::string number(static_cast<std::size_t>(page * 12 + i) % 25 + 1,
                               static_cast<char>('a' + (page + i) % 26));
      text.append("El informe ").append(number).append(" describe la obra ").append(number);
      text.append(" de la comuna y sus costos. ");
    }
    pages.push_back(text);
  }
  const Summary summary = summarize(pages);
  CHECK_FALSE(summary.text.empty());
  CHECK(summary.text == summarize(pages).text);

  CandidateKeeper keeper;
  for (std::uint32_t i = 0; i < 5000; ++i) {
    keeper.offer({"a", i, i, i, i == 4999 ? 2.0F : 1.0F});
  }
  const std::vector<Candidate> kept = std::move(keeper).take();
  CHECK(kept.size() == summary_candidates_max);
  CHECK(kept.back().order == 4999);
  CHECK(kept[500].order > 1500);
}

TEST_CASE("the sentence that shares most with the others ranks first") {
  const std::vector<std::vector<std::uint32_t>> sentences = {{1, 2, 3, 4}, {1, 2}, {3, 4}, {9, 8}};
  const std::vector<StemVector> vectors = weigh_stems(sentences);
  const std::vector<float> ranks = rank_by_likeness(vectors);
  CHECK(ranks[0] == 1.0F);
  CHECK(ranks[3] < ranks[1]);
  CHECK(cosine(vectors[0], vectors[0]) == doctest::Approx(1));
  CHECK(cosine(vectors[1], vectors[3]) == 0);
  CHECK(rank_by_likeness({}).empty());
}

TEST_CASE("stems join number and gender, and stop words and numbers carry nothing") {
  CHECK(content_stems("solicitudes") == content_stems("Solicitud"));
  CHECK(content_stems("otorgados") == content_stems("otorgada"));
  CHECK(content_stems("para los que 2024 de").empty());
  CHECK(content_stems("año") != content_stems("ano"));
  CHECK(likeness_key("Página 8 / 244") == likeness_key("pagina 12/244"));
}
