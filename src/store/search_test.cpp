// SPDX-License-Identifier: GPL-3.0-or-later
// What search promises, on both backends: the same hits.
#include "store/search.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "store/test_stores.h"

using namespace civicum;

namespace {

template <typename T>
T must(Result<T> result) {
  return SqliteTestStore::must(std::move(result));
}

StoredPage page_of(const std::string& text) {
  PageReading reading;
  reading.content.text = text;
  return {reading, 1, "", {mib(512), 60}};
}

/// A store with documents of one page each.
template <typename TestStore>
struct Shelf {
  TestStore place;
  Store store = place.open();

  DocumentId add(const std::string& text) {
    const DocumentId id = add_empty();
    save(id, 0, text);
    return id;
  }

  DocumentId add_empty() {
    return must(store.documents().find_or_add({std::to_string(++count), "", "a.pdf", 10})).id;
  }

  void save(DocumentId id, std::uint32_t page_index, const std::string& text) {
    REQUIRE(store.documents().save_page(id, page_index, page_of(text)));
  }

  void run(const std::vector<SqlCall>& calls) {
    // As a worker does it: effects of a job's end.
    Jobs jobs = store.jobs();
    NewJob job;
    job.kind = "page";
    REQUIRE(jobs.enqueue(std::span(&job, 1)));
    const auto claimed = must(jobs.claim({"page", 1, "w"}));
    REQUIRE(must(jobs.complete(claimed[0].lease, {calls, {}}, Durability::Relaxed)) == Hold::Held);
  }

  std::vector<DocumentId> find(const std::string& text) {
    std::vector<DocumentId> found;
    for (const SearchHit& hit : must(store.search().find({text, 100, {}})).hits) {
      found.push_back(hit.document);
    }
    return found;
  }

  bool finds(const std::string& text) { return !find(text).empty(); }

  std::string snippet(const std::string& text) {
    const SearchResult result = must(store.search().find({text, 1, {}}));
    return result.hits.empty() ? "(none)" : result.hits[0].snippet;
  }

  int count = 0;
};

std::string repeated(const std::string& text, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

}  // namespace

#define SEARCH_TEST(name) TEST_CASE_TEMPLATE(name, TestStore, SqliteTestStore, PostgresTestStore)

SEARCH_TEST("a word finds its other forms, with accents and capitals or without") {
  SKIP_WITHOUT(TestStore);
  Shelf<TestStore> shelf;
  shelf.add("La RESOLUCIÓN exenta de la Municipalidad de Ñuñoa; pingüino, niños.");
  for (const char* text :
       {"resolución", "resoluciones", "Resolucion", "RESOLUCIONES exentas", "municipalidades",
        "ñuñoa", "nunoa", "NUÑOA", "pinguinos", "niño", "resolucio\u0301n", "\"niños\"", "de la"}) {
    CAPTURE(text);
    CHECK(shelf.finds(text));
  }
  CHECK_FALSE(shelf.finds("decreto"));
  CHECK_FALSE(shelf.finds("resolución decreto"));
}

SEARCH_TEST("a text with letters and accents apart is found like any other") {
  SKIP_WITHOUT(TestStore);
  Shelf<TestStore> shelf;
  shelf.add("resolucio\u0301n, o\uFB01cio, noti\u00ADficación, docu-\nmento");
  CHECK(shelf.finds("resoluciones"));
  CHECK(shelf.finds("oficio"));
  CHECK(shelf.finds("notificaciones"));
  CHECK(shelf.finds("documentos"));
}

SEARCH_TEST("a phrase is found in its order, across lines and past repeated words") {
  SKIP_WITHOUT(TestStore);
  Shelf<TestStore> shelf;
  const DocumentId first = shelf.add("el contrato de obra\npública del puente");
  const DocumentId second = shelf.add("la obra del contrato público");
  const DocumentId third =
      shelf.add(repeated("de ", 400) + "fin " + repeated("x ", 15'000) + "gran fin de obra");
  CHECK(shelf.find("\"contrato de obra pública\"") == std::vector{first});
  CHECK(shelf.find("“obras públicas”") == std::vector{first});
  CHECK(shelf.find("obra contrato").size() == 2);
  CHECK(shelf.find("\"obra del contrato\"") == std::vector{second});
  CHECK(shelf.find("\"de fin\"").empty());  // beyond the positions that are kept of one word
  CHECK(shelf.find("\"gran fin\"") == std::vector{third});
  CHECK_FALSE(shelf.finds("\"contrato puente\""));
}

SEARCH_TEST("a phrase is found whatever its words are, and only in their order") {
  SKIP_WITHOUT(TestStore);
  Shelf<TestStore> shelf;
  std::string text;
  for (int i = 0; i < 500; ++i) text += "a" + std::to_string(i) + " b" + std::to_string(i) + "\n";
  const DocumentId id = shelf.add(text);
  for (int i = 0; i < 500; ++i) {
    const std::string first = "a" + std::to_string(i);
    const std::string second = "b" + std::to_string(i);
    CAPTURE(i);
    CHECK(shelf.find(fmt::format("\"{} {}\"", first, second)) == std::vector{id});
    CHECK_FALSE(shelf.finds(fmt::format("\"{} {}\"", second, first)));
    CHECK_FALSE(shelf.finds(fmt::format("a1 -\"{} {}\"", first, second)));
  }
}

SEARCH_TEST("what is excluded is not found") {
  SKIP_WITHOUT(TestStore);
  Shelf<TestStore> shelf;
  const DocumentId first = shelf.add("decreto alcaldicio vigente");
  const DocumentId second = shelf.add("decreto alcaldicio sin efecto, anulado");
  CHECK(shelf.find("decretos -\"sin efecto\"") == std::vector{first});
  CHECK(shelf.find("decreto -vigentes") == std::vector{second});
  CHECK(shelf.find("decreto -anul*") == std::vector{first});
  CHECK(shelf.find("decreto -anul* -vigente").empty());
  CHECK(shelf.find("decreto - vigente") == std::vector{first});
}

SEARCH_TEST("a prefix finds the words as they are written") {
  SKIP_WITHOUT(TestStore);
  Shelf<TestStore> shelf;
  const DocumentId first = shelf.add("las resoluciones");
  const DocumentId second = shelf.add("resolver el recurso");
  CHECK(shelf.find("Resolúc*") == std::vector{first});
  CHECK(shelf.find("resolucion*") == std::vector{first});
  CHECK(shelf.find("resol*").size() == 2);
  CHECK(shelf.find("resol* recur*") == std::vector{second});
  CHECK_FALSE(shelf.finds("solucion*"));
}

SEARCH_TEST("numbers, RUTs, e-mail addresses and hyphenated words are found as they are printed") {
  SKIP_WITHOUT(TestStore);
  Shelf<TestStore> shelf;
  const DocumentId first = shelf.add(
      "RUT 12.345.678-K, Res. N° 302/2022, juan.perez@muni.cl, político-económico, "
      "$ 1.250.000, ROL C-1234-2020, 05.03.2024, UF 2.500,75");
  shelf.add("RUT 12.345.679-K, Res. N° 302/2021, juan@muni.cl, económico y político, 2022 302");
  for (const char* text :
       {"12.345.678-K", "12345678-k", "\"12.345.678\"", "302/2022", "nº 302/2022", "N° 302/2022",
        "juan.perez@muni.cl", "perez@muni.cl", "político-económico", "1250000", "C-1234-2020",
        "05.03.2024", "2500,75", "12.345.678*", "302/2022 -juan@muni.cl"}) {
    CAPTURE(text);
    CHECK(shelf.find(text) == std::vector{first});
  }
  CHECK_FALSE(shelf.finds("345"));
}

SEARCH_TEST("what is no search is refused with a sentence; no bytes upset the database") {
  SKIP_WITHOUT(TestStore);
  Shelf<TestStore> shelf;
  shelf.add("or and not near stems forms 'x' \\ & | ! <-> :* a:b");
  const auto refusal = [&](const std::string& text) {
    const auto found = shelf.store.search().find({text, 20, {}});
    REQUIRE_FALSE(found);
    CHECK(found.error().kind == ErrorKind::BadInput);
    return found.error().what;
  };
  CHECK(refusal("").find("no word") != std::string::npos);
  CHECK(refusal("* \" \" ¿?").find("no word") != std::string::npos);
  CHECK(refusal("-borrador").find("only excludes") != std::string::npos);
  CHECK(refusal("a \"b").find("not closed") != std::string::npos);
  CHECK(refusal("re*").find("at least 3") != std::string::npos);
  CHECK(refusal(std::string(1001, 'a')).find("1000 bytes") != std::string::npos);
  CHECK(refusal(repeated("a ", 33)).find("32 words") != std::string::npos);
  CHECK(refusal(repeated("a.", 40)).find("32 words") != std::string::npos);
  CHECK(refusal("a -302/2022*").find("one word only") != std::string::npos);
  for (const std::string& text :
       {std::string("OR and NOT (near) {stems}: 'x' \\ & | ! <-> :* a:b ^ + a^b"),
        std::string("stems:or"), std::string("o'r\0x", 5), std::string("\xff\xc3 or \xf0\x9f"),
        std::string("or -* -- -\"\""), std::string("\x01\x02or;--"), std::string("*or or'")}) {
    CAPTURE(text);
    CHECK(shelf.store.search().find({text, 20, {}}));
  }
  CHECK(shelf.finds("stems:forms"));
}

SEARCH_TEST("a page that is saved again is found by its new words only; a removed one by none") {
  SKIP_WITHOUT(TestStore);
  Shelf<TestStore> shelf;
  const DocumentId first = shelf.add("primera lectura");
  const DocumentId second = shelf.add("otra lectura");
  shelf.save(first, 0, "segunda versión");
  shelf.save(first, 7, "anexo con lectura");
  CHECK_FALSE(shelf.finds("primera"));
  CHECK(shelf.find("segunda") == std::vector{first});
  CHECK(must(shelf.store.search().find({"anexo", 20, {}})).hits[0].page_index == 7);
  CHECK(shelf.find("lectura").size() == 2);
  REQUIRE(shelf.store.documents().remove(first));
  CHECK_FALSE(shelf.finds("segunda"));
  CHECK(shelf.find("lectura") == std::vector{second});
  REQUIRE(shelf.store.documents().save_page(second, 1, page_of("la última página")));
  REQUIRE(shelf.store.documents().save_page(second, 1, {Gap{}, 1, "", {}}));
  CHECK_FALSE(shelf.finds("última"));
  REQUIRE(shelf.store.scrub());
  CHECK(shelf.find("lectura") == std::vector{second});
}

SEARCH_TEST("a snippet is one line with the words that were looked for marked") {
  SKIP_WITHOUT(TestStore);
  Shelf<TestStore> shelf;
  shelf.add("Inicio. " + repeated("relleno ", 40) +
            "Se  aprueba\nla RESOLUCIÓN exenta del contrato. " + repeated("cola ", 40));
  const std::string snippet = shelf.snippet("resoluciones \"exentas del contrato\" inici*");
  CHECK(snippet.starts_with("…relleno"));
  CHECK(snippet.find("relleno Se aprueba la [RESOLUCIÓN] [exenta] [del] [contrato]. cola") !=
        std::string::npos);
  CHECK(snippet.ends_with("cola…"));
  CHECK(shelf.snippet("inici*").starts_with("[Inicio]. relleno"));
  const auto marked = shelf.store.search().find({"contrato", 1, {"<b>", "</b>"}});
  CHECK(must(marked).hits[0].snippet.find("<b>contrato</b>.") != std::string::npos);
}

SEARCH_TEST("pages that have more of a word for their length come first") {
  SKIP_WITHOUT(TestStore);
  Shelf<TestStore> shelf;
  const DocumentId once = shelf.add("licitación " + repeated("y otras cosas ", 50));
  const DocumentId often = shelf.add(repeated("licitaciones del año ", 10));
  const DocumentId longer = shelf.add("licitación " + repeated("y otras cosas ", 500));
  const DocumentId same = shelf.add("licitación " + repeated("y otras cosas ", 50));
  CHECK(shelf.find("licitación") == std::vector{often, once, same, longer});
  const auto result = must(shelf.store.search().find({"licitación", 2, {}}));
  REQUIRE(result.hits.size() == 2);
  CHECK(result.hits[0].rank > result.hits[1].rank);
  CHECK(result.hits[0].rank <= 1);
  CHECK_FALSE(result.is_limited);
}

SEARCH_TEST("of a common word the first pages are ranked, and the result says so") {
  SKIP_WITHOUT(TestStore);
  Shelf<TestStore> shelf;
  const DocumentId id = shelf.add("común");
  const IndexedPage page = index_page("común");
  std::vector<SqlCall> calls;
  for (std::uint32_t i = 1; i < ranked_pages_max; ++i)
    calls.push_back(index_page_call(id, i, page));
  shelf.run(calls);
  CHECK_FALSE(must(shelf.store.search().find({"común", 20, {}})).is_limited);
  shelf.add("común común común");
  const SearchResult result = must(shelf.store.search().find({"común", 20, {}}));
  CHECK(result.is_limited);
  REQUIRE(result.hits.size() == 1);  // of the others there is no page
  CHECK(result.hits[0].document == id);
}

SEARCH_TEST("pages that were saved without an index get one") {
  SKIP_WITHOUT(TestStore);
  Shelf<TestStore> shelf;
  const DocumentId id = shelf.add_empty();
  for (std::uint32_t i = 0; i < 4; ++i) {
    const StoredPage page = i < 3 ? page_of("acta antigua") : StoredPage{Gap{}, 1, "", {}};
    const std::string outcome = encode_outcome(page);
    shelf.run({save_page_call(id, i, page, outcome)});
  }
  Search search = shelf.store.search();
  CHECK(must(search.index_missing(2)) == 2);
  CHECK(must(search.index_missing(10)) == 2);
  CHECK(must(search.index_missing(10)) == 0);
  CHECK(shelf.find("actas").size() == 3);
}

SEARCH_TEST("a page that is too large for an index is found by its first part") {
  SKIP_WITHOUT(TestStore);
  Shelf<TestStore> shelf;
  std::string text = "comienzo ";
  for (int i = 0; i < 30'000; ++i) text += "ñandúes" + std::to_string(i) + " ";
  CHECK(shelf.add(text) > 0);
  CHECK(shelf.finds("comienzo ñandúes15998"));
  CHECK_FALSE(shelf.finds("ñandúes16001"));
  CHECK(shelf.add("palabra" + std::string(100'000, 'a') + " fin") > 0);
  CHECK(shelf.finds("palabraaa* fin"));
}

TEST_CASE("both stores find the same, in the same order") {
  SKIP_WITHOUT(PostgresTestStore);
  Shelf<SqliteTestStore> sqlite;
  Shelf<PostgresTestStore> postgres;
  const std::vector<std::string> parts = {"resolución", "resoluciones", "de", "la", "-",  "\"",
                                          "*",          "302/22",       "ñ",  " ",  "\n", "12.345",
                                          "-la",        "ab",           "."};
  std::uint32_t seed = 1;  // any; the sequence is the test
  const auto some = [&](std::uint32_t count) {
    std::string text;
    for (std::uint32_t i = 0; i < count; ++i) {
      seed = seed * 1664525U + 1013904223U;
      text += parts[(seed >> 16) % parts.size()];
      text += (seed >> 28) % 2 == 0 ? " " : "";
    }
    return text;
  };
  for (int i = 0; i < 60; ++i) {
    const std::string text = some(12);
    REQUIRE(sqlite.add(text) == postgres.add(text));
  }
  int found_count = 0;
  for (int i = 0; i < 1500; ++i) {
    const std::string text = some(1 + static_cast<std::uint32_t>(i) % 6);
    CAPTURE(text);
    const auto left = sqlite.store.search().find({text, 100, {}});
    const auto right = postgres.store.search().find({text, 100, {}});
    REQUIRE(static_cast<bool>(left) == static_cast<bool>(right));
    if (!left) continue;
    REQUIRE(left->hits.size() == right->hits.size());
    if (!left->hits.empty()) ++found_count;
    for (std::size_t k = 0; k < left->hits.size(); ++k) {
      CHECK(left->hits[k].document == right->hits[k].document);
      CHECK(left->hits[k].rank == right->hits[k].rank);
      CHECK(left->hits[k].snippet == right->hits[k].snippet);
    }
  }
  CHECK(found_count > 200);
}

TEST_CASE("words of a removed document are not in the file once it is scrubbed") {
  const auto bytes_of = [](const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  Shelf<SqliteTestStore> shelf;
  const std::string path = shelf.place.url().substr(7);
  for (int i = 0; i < 50; ++i) shelf.add("acta número " + std::to_string(i));
  const DocumentId secret = shelf.add("xyzzyquux confidencialísimo");
  REQUIRE(shelf.store.scrub());
  REQUIRE(bytes_of(path).find("xyzzyquux") != std::string::npos);
  REQUIRE(shelf.store.documents().remove(secret));
  REQUIRE(shelf.store.scrub());
  for (const std::string& file : {path, path + "-wal"}) {
    CHECK(bytes_of(file).find("xyzzyquux") == std::string::npos);
    CHECK(bytes_of(file).find("confidencial") == std::string::npos);
  }
  CHECK(shelf.finds("acta"));
}
