// SPDX-License-Identifier: GPL-3.0-or-later
#include "ocr/reading_order.h"

#include <doctest/doctest.h>

#include <sstream>
#include <string>

namespace civicum {
namespace {

constexpr int pitch = 30;
constexpr int line_height = 20;
constexpr int letter_width = 10;

/// A line whose words stand from x on, on row `row`; letters are 10 wide.
RecognizedLine line_at(int x, int row, const std::string& text) {
  RecognizedLine line;
  std::istringstream words(text);
  const int y = 100 + pitch * row;
  for (std::string word; words >> word; x += letter_width) {
    const int width = letter_width * static_cast<int>(word.size());
    line.words.push_back({word, {x, y, x + width, y + line_height}, 0.9F});
    line.box = line.words.size() == 1 ? line.words[0].box : unite(line.box, line.words.back().box);
    x += width;
  }
  return line;
}

/// One block of lines, a row each, from `row` on.
RecognizedBlock column_at(int x, int row, const std::vector<std::string>& texts) {
  RecognizedBlock block;
  for (const std::string& text : texts) block.lines.push_back(line_at(x, row++, text));
  block.box = block.lines.front().box;
  for (const RecognizedLine& line : block.lines) block.box = unite(block.box, line.box);
  return block;
}

std::vector<std::string> lines_of(const std::vector<RecognizedBlock>& blocks) {
  std::vector<std::string> lines;
  for (const RecognizedBlock& block : blocks) {
    for (const RecognizedLine& line : block.lines) {
      std::string text;
      for (const RecognizedWord& word : line.words) text += (text.empty() ? "" : " ") + word.text;
      lines.push_back(text);
    }
  }
  return lines;
}

using Texts = std::vector<std::string>;

TEST_CASE("labels and their values, read as two columns, become rows") {
  const auto blocks = join_rows({column_at(100, 0, {"Nombre:", "RUT:", "Comuna:"}),
                                 column_at(500, 0, {"Juan Soto", "12.345.678-5", "Maipú"})});
  CHECK(lines_of(blocks) == Texts{"Nombre: Juan Soto", "RUT: 12.345.678-5", "Comuna: Maipú"});
}

TEST_CASE("a value of two lines and a missing value stay on their rows") {
  const auto blocks =
      join_rows({column_at(100, 0, {"Nombre:"}), column_at(100, 2, {"RUT:", "Fax:", "Comuna:"}),
                 column_at(500, 0, {"Juan Soto", "y otros"}), column_at(500, 2, {"12.345.678-5"}),
                 column_at(500, 4, {"Maipú"})});
  CHECK(lines_of(blocks) ==
        Texts{"Nombre: Juan Soto", "y otros", "RUT: 12.345.678-5", "Fax:", "Comuna: Maipú"});
}

TEST_CASE("columns of words join where a column of figures beside them says table") {
  const auto blocks = join_rows({column_at(100, 0, {"Oficina", "Folio mayor", "Registro"}),
                                 column_at(400, 0, {"Silla", "Mesa de roble", "Lámpara"}),
                                 column_at(800, 0, {"$ 1.250", "$ 990", "12-03-2023"})});
  CHECK(lines_of(blocks) == Texts{"Oficina Silla $ 1.250", "Folio mayor Mesa de roble $ 990",
                                  "Registro Lámpara 12-03-2023"});
}

TEST_CASE("what stands above and below a table stays there") {
  const auto blocks = join_rows(
      {column_at(100, 0, {"Antecedentes que se dejan a la vista del solicitante"}),
       column_at(100, 2, {"Nombre:", "RUT:", "Comuna:"}),
       column_at(500, 2, {"Juan Soto", "12.345.678-5", "Maipú"}), column_at(100, 6, {"Firma"})});
  CHECK(lines_of(blocks) == Texts{"Antecedentes que se dejan a la vista del solicitante",
                                  "Nombre: Juan Soto", "RUT: 12.345.678-5", "Comuna: Maipú",
                                  "Firma"});
}

TEST_CASE("two columns of prose are read one after the other, even on common rows") {
  const Texts left = {
      "uno dos tres cuatro cinco:", "seis siete ocho nueve diez:", "once doce trece catorce q:"};
  const Texts right = {"alfa beta gama delta epsilon", "zeta eta zita iota kapa lamb",
                       "my ni xi omicron pi ro sigma"};
  Texts wanted = left;
  wanted.insert(wanted.end(), right.begin(), right.end());
  CHECK(lines_of(join_rows({column_at(100, 0, left), column_at(500, 0, right)})) == wanted);
}

TEST_CASE("lists side by side that nothing calls a table stay columns") {
  const Texts left = {"archivo", "buzón mayor", "carta"};
  const Texts right = {"nota", "oficio corto", "pliego"};
  const Texts wanted = {"archivo", "buzón mayor", "carta", "nota", "oficio corto", "pliego"};
  CHECK(lines_of(join_rows({column_at(100, 0, left), column_at(500, 0, right)})) == wanted);
}

TEST_CASE("a note beside one line of a column does not join it") {
  const Texts left = {"Nombre:", "RUT:", "Comuna:", "Fax:", "Folio:"};
  const auto blocks = join_rows({column_at(100, 0, left), column_at(500, 1, {"Timbre", "2023"})});
  CHECK(lines_of(blocks) ==
        Texts{"Nombre:", "RUT:", "Comuna:", "Fax:", "Folio:", "Timbre", "2023"});
}

TEST_CASE("nothing in, nothing out") { CHECK(join_rows({}).empty()); }

}  // namespace
}  // namespace civicum
