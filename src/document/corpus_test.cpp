// SPDX-License-Identifier: GPL-3.0-or-later
// Real documents: every page of the corpus takes the route that its table of kinds calls for.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "document/route.h"
#include "os/fd.h"

namespace civicum {
namespace {

/// Empty where there is no corpus; then says so.
std::string corpus_folder() {
  const char* named = std::getenv("CIVICUM_CORPUS");
  std::string folder =
      named != nullptr ? named : std::string(CIVICUM_SOURCE_DIR) + "/../shared/corpus";
  if (std::filesystem::exists(folder + "/scans.tsv")) return folder;
  MESSAGE("SKIPPED: no corpus at " << folder << " (set CIVICUM_CORPUS)");
  return {};
}

struct Row {
  std::string file;
  std::uint32_t page_index = 0;
  std::string kind;
};

/// Rows of a table with the columns file, page, … and `kind` as column number `kind_column`.
std::vector<Row> rows_of(const std::string& path, std::size_t kind_column) {
  std::vector<Row> rows;
  std::ifstream table(path);
  std::string line;
  std::getline(table, line);
  while (std::getline(table, line)) {
    std::istringstream cells(line);
    std::vector<std::string> row;
    for (std::string cell; std::getline(cells, cell, '\t');) row.push_back(cell);
    if (row.size() <= kind_column) continue;
    rows.push_back({row[0], static_cast<std::uint32_t>(std::stoul(row[1]) - 1), row[kind_column]});
  }
  return rows;
}

class OpenFiles {
 public:
  Document& at(const std::string& path) {
    const auto [place, is_new] = files_.try_emplace(path);
    if (is_new) place->second = open(path);
    return *place->second.document;
  }

 private:
  struct Entry {
    Fd file;
    std::unique_ptr<Document> document;
  };
  static Entry open(const std::string& path) {
    auto file = open_file(path, O_RDONLY);
    ENSURE(file);
    auto opened = open_document(file->get(), "");
    ENSURE(opened.index() == 0);
    return {std::move(*file), std::move(std::get<0>(opened))};
  }
  std::map<std::string, Entry> files_;
};

PageKind kind_of(const std::string& kind) {
  if (kind == "text") return PageKind::Text;
  if (kind == "text+pic") return PageKind::Mixed;
  if (kind == "garbled") return PageKind::Render;
  return PageKind::Image;
}

TEST_CASE("every mixed page of the corpus takes its route") {
  const std::string folder = corpus_folder();
  if (folder.empty()) return;
  OpenFiles files;
  const auto rows = rows_of(folder + "/mixed.tsv", 2);
  CHECK(rows.size() == 19);
  for (const Row& row : rows) {
    CAPTURE(row.file);
    CAPTURE(row.page_index);
    const auto facts = files.at(folder + "/mixed/" + row.file).inventory(row.page_index);
    REQUIRE(facts);
    CHECK(decide_route(*facts).kind == kind_of(row.kind));
  }
}

TEST_CASE("every scan of the corpus is decoded without rendering, at a dpi that suits OCR") {
  const std::string folder = corpus_folder();
  if (folder.empty()) return;
  OpenFiles files;
  for (const Row& row : rows_of(folder + "/scans.tsv", 3)) {
    CAPTURE(row.file);
    CAPTURE(row.page_index);
    Document& document = files.at(folder + "/" + row.file);
    const auto facts = document.inventory(row.page_index);
    REQUIRE(facts);
    REQUIRE(decide_route(*facts).kind == PageKind::Image);
    const auto raster = document.decode_image(row.page_index, {200});
    REQUIRE(raster);
    const bool is_fax = row.kind == "g4";
    CHECK(pixGetDepth(raster->pix.get()) == (is_fax ? 1 : 8));
    CHECK(raster->dpi.value == (is_fax ? 300 : 200));
    const double width = static_cast<double>(facts->width) * raster->dpi.value / 72;
    CHECK(pixGetWidth(raster->pix.get()) == doctest::Approx(width).epsilon(0.005));
  }
}

TEST_CASE("every text page of the corpus gives its text") {
  const std::string folder = corpus_folder();
  if (folder.empty()) return;
  OpenFiles files;
  for (const auto& entry : std::filesystem::directory_iterator(folder + "/text")) {
    CAPTURE(entry.path().string());
    Document& document = files.at(entry.path());
    const auto facts = document.inventory(0);
    REQUIRE(facts);
    const PageKind kind = decide_route(*facts).kind;
    CHECK((kind == PageKind::Text || kind == PageKind::Mixed));
    const auto text = document.text_layer(0, Document::Layer::Visible);
    REQUIRE(text);
    CHECK(text->words.size() > 20);
  }
}

}  // namespace
}  // namespace civicum
