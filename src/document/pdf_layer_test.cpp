// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/pdf_layer.h"

#include <allheaders.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "base/text.h"
#include "document/image_pages.h"
#include "document/layer_font.h"
#include "document/layer_text.h"
#include "document/qpdf_api.h"
#include "document/test_files.h"
#include "os/fd.h"
#include "os/temp_dir.h"

namespace civicum {
namespace {

using test::file_of;
using test::Opened;
using test::PdfMaker;

struct Placed {
  std::string text;
  Box box;
  std::optional<float> confidence = 0.9F;
};

/// Lines of words.
PageText page_text(const std::vector<std::vector<Placed>>& lines) {
  PageText page;
  for (const auto& line : lines) {
    for (const Placed& placed : line) {
      if (&placed != &line.front()) page.text += ' ';
      const auto begin = static_cast<std::uint32_t>(page.text.size());
      page.text += placed.text;
      page.words.push_back(
          {begin, static_cast<std::uint32_t>(page.text.size()), placed.box, placed.confidence});
    }
    page.text += '\n';
  }
  return page;
}

LayerPage layer_page(std::uint32_t index, float width, float height, PageText content) {
  return {index, width, height, 0, Route::Render, std::move(content)};
}

std::string bytes_of(int fd) {
  std::string bytes(static_cast<std::size_t>(lseek(fd, 0, SEEK_END)), '\0');
  ENSURE(pread_all(fd, bytes, 0));
  return bytes;
}

PageList pages_of(int fd, const std::string& password) {
  const OpenedDocument opened = open_document(fd, password);
  const auto* document = std::get_if<std::unique_ptr<Document>>(&opened);
  return document == nullptr ? PageList{} : (*document)->pages();
}

Result<std::string> layered(const std::string& document, const std::vector<LayerPage>& pages,
                            const std::string& password = {}) {
  const Fd in = file_of(document);
  const Fd out = file_of("");
  std::size_t next = 0;
  const LayerPages source = [&]() -> Result<std::optional<LayerPage>> {
    if (next == pages.size()) return std::optional<LayerPage>();
    return std::optional(pages[next++]);
  };
  const PageList list = pages_of(in.get(), password);
  (void)TRY(write_pdf_layer({in.get(), password, list}, out.get(), source, [](std::uint32_t) {}));
  return bytes_of(out.get());
}

Result<std::string> layered(const std::string& document, const LayerPage& page) {
  return layered(document, std::vector{page});
}

PageText text_of(const std::string& pdf, std::uint32_t page_index = 0,
                 const std::string& password = {}) {
  Opened opened(pdf, password);
  REQUIRE(opened.is_open());
  Result<PageText> text = opened->text_layer(page_index, Document::Layer::All);
  REQUIRE(text);
  return *std::move(text);
}

std::string words_joined(const PageText& page) {
  std::string out;
  for (const Word& word : page.words) {
    if (!out.empty()) out += ' ';
    out += page.text.substr(word.begin, word.end - word.begin);
  }
  return out;
}

bool is_near(const Box& a, const Box& b) {
  constexpr float points = 2;
  return std::abs(a.x0 - b.x0) < points && std::abs(a.y0 - b.y0) < points &&
         std::abs(a.x1 - b.x1) < points && std::abs(a.y1 - b.y1) < points;
}

std::string pdf_of_page(const std::string& page_entries) {
  return test::one_page_pdf({"0.9 g 20 30 100 100 re f", page_entries});
}

void open_with_qpdf(QPDF& pdf, const std::string& bytes) {
  pdf.setSuppressWarnings(true);
  pdf.processMemoryFile("test", bytes.data(), bytes.size());
}

QPDFObjectHandle page_object(QPDF& pdf, std::size_t index) {
  return QPDFPageDocumentHelper(pdf).getAllPages().at(index).getObjectHandle();
}

std::string raw_bytes(QPDFObjectHandle stream) {
  const auto buffer = stream.getRawStreamData();
  return {reinterpret_cast<const char*>(buffer->getBuffer()), buffer->getSize()};
}

QPDFObjectHandle image_of(QPDF& pdf, std::size_t page) {
  return page_object(pdf, page).getKey("/Resources").getKey("/XObject").getKey("/Im0");
}

std::string written(PixPtr pix, int format) {
  l_uint8* data = nullptr;
  std::size_t size = 0;
  ENSURE(pixWriteMem(&data, &size, pix.get(), format) == 0);
  std::string bytes(reinterpret_cast<char*>(data), size);
  lept_free(data);
  return bytes;
}

/// Two colours that no coding can mistake, split at a third.
PixPtr picture(int width, int height, int depth) {
  PixPtr pix(pixCreate(width, height, depth));
  pixSetResolution(pix.get(), 100, 100);
  pixSetAll(pix.get());
  pixRasterop(pix.get(), 0, 0, width / 3, height, PIX_CLR, nullptr, 0, 0);
  return pix;
}

const std::vector<std::vector<Placed>> two_lines = {
    {{"Señor", {100, 100, 140, 112}},
     {"Ñandú:", {146, 100, 190, 112}},
     {"¿qué?", {196, 100, 230, 112}}},
    {{"segunda", {100, 120, 150, 132}}, {"línea", {156, 120, 190, 132}}}};

}  // namespace

TEST_CASE("words lie at their places on pages of every turn, with an offset crop box") {
  for (const int rotate : {0, 90, 180, 270, -90, 450}) {
    CAPTURE(rotate);
    const bool is_sideways = rotate % 180 != 0;
    const float width = is_sideways ? 700 : 400;
    const float height = is_sideways ? 400 : 700;
    const auto pdf =
        layered(pdf_of_page("/MediaBox[-20 -10 600 800]/CropBox[50 60 450 760]/Rotate " +
                            std::to_string(rotate)),
                layer_page(0, width, height, page_text(two_lines)));
    REQUIRE(pdf);
    const PageText text = text_of(*pdf);
    CHECK(words_joined(text) == "Señor Ñandú: ¿qué? segunda línea");
    REQUIRE(text.words.size() == 5);
    CHECK(is_near(text.words[0].box, {100, 100, 140, 112}));
    CHECK(is_near(text.words[1].box, {146, 100, 190, 112}));
    CHECK(is_near(text.words[4].box, {156, 120, 190, 132}));
  }
}

TEST_CASE("a page that OCR turned gets its words along the turned lines") {
  // Set upright by 90 degrees clockwise: the page of 400 x 700 is 700 x 400 then.
  LayerPage page = layer_page(0, 700, 400, page_text(two_lines));
  page.turned = 90;
  const auto pdf = layered(pdf_of_page("/MediaBox[0 0 400 700]"), page);
  REQUIRE(pdf);
  const PageText text = text_of(*pdf);
  REQUIRE(text.words.size() == 5);
  // (x, y) upright is (y, 700 - x) on the page as it is shown. Lines that run upwards are read in
  // an order of Poppler's own.
  const auto first = std::find_if(text.words.begin(), text.words.end(), [&](const Word& word) {
    return text.text.compare(word.begin, word.end - word.begin, "Señor") == 0;
  });
  REQUIRE(first != text.words.end());
  CHECK(is_near(first->box, {100, 700 - 140, 112, 700 - 100}));
}

TEST_CASE("lines that run down or up beside level ones get their words along them") {
  for (const bool is_down : {true, false}) {
    const float near = is_down ? 100 : 300;
    const float step = is_down ? 60 : -60;
    const auto pdf =
        layered(pdf_of_page("/MediaBox[0 0 400 700]"),
                layer_page(0, 400, 700,
                           page_text({two_lines[1],
                                      {{"costado", {300, near, 312, near + 50}},
                                       {"texto", {300, near + step, 312, near + step + 50}}}})));
    REQUIRE(pdf);
    const PageText text = text_of(*pdf);
    const auto side = std::find_if(text.words.begin(), text.words.end(), [&](const Word& word) {
      return text.text.compare(word.begin, word.end - word.begin, "costado") == 0;
    });
    REQUIRE(side != text.words.end());
    CHECK(is_near(side->box, {300, near, 312, near + 50}));
  }
}

TEST_CASE("pdftotext gives the words back") {
  if (std::system("pdftotext -v >/dev/null 2>&1") != 0) {
    std::puts("SKIPPED: pdftotext is not installed");
    return;
  }
  const auto pdf =
      layered(pdf_of_page("/MediaBox[0 0 400 700]"), layer_page(0, 400, 700, page_text(two_lines)));
  REQUIRE(pdf);
  const auto folder = TempDir::create();
  REQUIRE(folder);
  const std::string path = folder->path() + "/layer.pdf";
  const auto file = open_file(path, O_WRONLY | O_CREAT, 0600);
  REQUIRE(file);
  REQUIRE(write_all(file->get(), *pdf));
  const std::string command = "pdftotext '" + path + "' '" + folder->path() + "/layer.txt'";
  REQUIRE(std::system(command.c_str()) == 0);
  const auto text = read_file(folder->path() + "/layer.txt", kib(64));
  REQUIRE(text);
  CHECK(*text == "Señor Ñandú: ¿qué?\nsegunda línea\n\n\f");
}

TEST_CASE("characters beyond the basic plane, and more than a font of 256 has, come back") {
  std::vector<Placed> line;
  std::string expected;
  for (int i = 0; i < 40; ++i) {
    std::string word;
    for (char32_t k = 0; k < 10; ++k) {
      append_utf8(word, char32_t{0x4E00} + static_cast<char32_t>(i) * 10 + k);
    }
    const float x = 10.0F + 14.0F * static_cast<float>(i);
    line.push_back({word, {x, 50, x + 10, 60}});
    expected += (i > 0 ? " " : "") + word;
  }
  line.push_back({"a\U0001F600z", {580, 50, 590, 60}});
  const auto pdf =
      layered(pdf_of_page("/MediaBox[0 0 600 800]"), layer_page(0, 600, 800, page_text({line})));
  REQUIRE(pdf);
  CHECK(words_joined(text_of(*pdf)) == expected + " a\U0001F600z");
}

TEST_CASE("the words of an askew line follow it") {
  std::vector<Placed> line;
  for (int i = 0; i < 8; ++i) {
    const float x = 50.0F + 60.0F * static_cast<float>(i);
    const float y = 100.0F + 5.0F * static_cast<float>(i);
    line.push_back({"palabra", {x, y, x + 50, y + 14}});
  }
  const auto pdf =
      layered(pdf_of_page("/MediaBox[0 0 600 800]"), layer_page(0, 600, 800, page_text({line})));
  REQUIRE(pdf);
  const PageText text = text_of(*pdf);
  REQUIRE(text.words.size() == 8);
  CHECK(is_near(text.words[7].box, line[7].box));
}

TEST_CASE("inherited and shared resources, and contents of every form, stay as they are") {
  PdfMaker maker;
  maker.add("<</Type/Catalog/Pages 2 0 R>>");
  maker.add(
      "<</Type/Pages/Kids[3 0 R 4 0 R 5 0 R]/Count 3/MediaBox[0 0 600 800]/Resources 6 0 R>>");
  maker.add("<</Type/Page/Parent 2 0 R/Contents 7 0 R>>");
  maker.add("<</Type/Page/Parent 2 0 R/Contents[7 0 R 8 0 R]>>");
  maker.add("<</Type/Page/Parent 2 0 R>>");
  maker.add("<</Font<</CivicumLayer 9 0 R>>>>");
  maker.add_stream("", "q q 2 0 0 2 0 0 cm BT /CivicumLayer 12 Tf 10 10 Td (uno) Tj ET");
  maker.add_stream("", "BT /CivicumLayer 12 Tf 10 50 Td (dos) Tj ET");
  maker.add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>");
  std::vector<LayerPage> pages;
  for (std::uint32_t i = 0; i < 3; ++i) {
    const std::string word = "capa" + std::to_string(i);
    pages.push_back(layer_page(i, 600, 800, page_text({{{word, {300, 100, 340, 112}}}})));
  }
  const auto pdf = layered(maker.bytes(), pages);
  REQUIRE(pdf);
  CHECK(words_joined(text_of(*pdf, 0)) == "capa0 uno");
  CHECK(words_joined(text_of(*pdf, 1)) == "capa1 dos uno");
  CHECK(words_joined(text_of(*pdf, 2)) == "capa2");
  CHECK(is_near(text_of(*pdf, 1).words[0].box, {300, 100, 340, 112}));
}

TEST_CASE("pages of the text route and gaps stay untouched; mixed pages get OCR's words only") {
  const std::string original = test::one_page_pdf({"BT /F0 12 Tf 50 50 Td (antes) Tj ET"});
  LayerPage page = layer_page(0, 600, 800, page_text(two_lines));
  page.route = Route::Text;
  auto pdf = layered(original, page);
  REQUIRE(pdf);
  CHECK(words_joined(text_of(*pdf)) == "antes");
  pdf = layered(original, std::vector<LayerPage>{});
  REQUIRE(pdf);
  CHECK(words_joined(text_of(*pdf)) == "antes");
  page.route = Route::Mixed;
  page.content = page_text(
      {{{"antes", {50, 738, 80, 750}, std::nullopt}}, {{"foto", {50, 100, 80, 112}, 0.8F}}});
  pdf = layered(original, page);
  REQUIRE(pdf);
  CHECK(words_joined(text_of(*pdf)) == "foto antes");
}

TEST_CASE("an encrypted PDF stays encrypted and opens with the same password") {
  const std::string plain = pdf_of_page("/MediaBox[0 0 600 800]");
  QPDF pdf;
  open_with_qpdf(pdf, plain);
  QPDFWriter writer(pdf);
  Pl_Buffer out("out");
  writer.setOutputPipeline(&out);
  writer.setR6EncryptionParameters("clave", "dueño", true, true, true, true, true, true,
                                   qpdf_r3p_full, true);
  writer.write();
  const auto buffer = out.getBufferSharedPointer();
  const std::string locked(reinterpret_cast<const char*>(buffer->getBuffer()), buffer->getSize());
  const LayerPage page = layer_page(0, 600, 800, page_text(two_lines));
  const auto open = layered(locked, {page}, "clave");
  REQUIRE(open);
  CHECK_FALSE(Opened(*open).is_open());
  CHECK(text_of(*open, 0, "clave").words.size() == 5);
  const auto denied = layered(locked, {page}, "otra");
  REQUIRE_FALSE(denied);
  CHECK(denied.error().kind == ErrorKind::Denied);
}

TEST_CASE("what is no document, or broken, or does not fit is an error") {
  const LayerPage page = layer_page(4, 600, 800, page_text(two_lines));
  CHECK(layered("", page).error().kind == ErrorKind::BadInput);
  CHECK(layered("hola", page).error().kind == ErrorKind::Corrupt);
  CHECK(layered(pdf_of_page("/MediaBox[0 0 9 9]"), page).error().kind == ErrorKind::Corrupt);
  const Fd in = file_of(pdf_of_page("/MediaBox[0 0 9 9]"));
  const PageList list = pages_of(in.get(), "");
  const Status full = write_pdf_layer(
      {in.get(), "", list}, in.get() + 1000, [] { return Result(std::optional<LayerPage>()); },
      [](std::uint32_t) {});
  CHECK_FALSE(full);
}

TEST_CASE("hostile boxes and spans do no harm") {
  PageText text = page_text({{{"a", {1e30F, 0, 1e31F, 5}},
                              {"b", {NAN, 0, 1, 1}},
                              {"c", {50, 50, 50, 50}},
                              {"", {5, 5, 6, 6}}}});
  text.words.push_back({7, 9999, {1, 1, 2, 2}, 0.5F});
  const auto pdf =
      layered(pdf_of_page("/MediaBox[0 0 0 0]/Rotate 45"), layer_page(0, 0, 0, std::move(text)));
  REQUIRE(pdf);
  CHECK(words_joined(text_of(*pdf)) == "c");
}

TEST_CASE("a JPEG becomes a page around its own bytes, as large as its dpi say") {
  const std::string jpeg = written(picture(300, 200, 8), IFF_JFIF_JPEG);
  const auto pdf =
      layered(jpeg, layer_page(0, 216, 144, page_text({{{"foto", {10, 10, 50, 22}}}})));
  REQUIRE(pdf);
  QPDF back;
  open_with_qpdf(back, *pdf);
  CHECK(raw_bytes(image_of(back, 0)) == jpeg);
  const PageText text = text_of(*pdf);
  CHECK(words_joined(text) == "foto");
  CHECK(is_near(text.words[0].box, {10, 10, 50, 22}));
  const auto facts = Opened(*pdf)->inventory(0);
  REQUIRE(facts);
  CHECK(facts->width == doctest::Approx(216));
}

TEST_CASE("a PNG keeps its bytes, one with transparency its pixels and its mask") {
  PixPtr colour = picture(90, 60, 32);
  const auto opaque = layered(written(picture(90, 60, 32), IFF_PNG), std::vector<LayerPage>{});
  REQUIRE(opaque);
  QPDF back;
  open_with_qpdf(back, *opaque);
  CHECK(image_of(back, 0).getDict().getKey("/DecodeParms").getKey("/Predictor").getIntValue() ==
        15);
  CHECK(image_of(back, 0).getStreamData()->getSize() == 90 * 60 * 3);
  pixSetSpp(colour.get(), 4);
  const auto masked = layered(written(std::move(colour), IFF_PNG), std::vector<LayerPage>{});
  REQUIRE(masked);
  QPDF other;
  open_with_qpdf(other, *masked);
  CHECK(image_of(other, 0).getDict().getKey("/SMask").getStreamData()->getSize() == 90 * 60);
}

TEST_CASE("a fax TIFF keeps its code and its black, another TIFF its pixels") {
  const std::string tiff = written(picture(320, 200, 1), IFF_TIFF_G4);
  const auto fax = layered(tiff, std::vector<LayerPage>{});
  REQUIRE(fax);
  QPDF back;
  open_with_qpdf(back, *fax);
  QPDFObjectHandle image = image_of(back, 0);
  CHECK(image.getDict().getKey("/Filter").getName() == "/CCITTFaxDecode");
  CHECK(tiff.find(raw_bytes(image)) != tiff.npos);
  Opened opened(*fax);
  const auto seen = opened->render(0, Dpi{100}, std::nullopt);
  REQUIRE(seen);
  l_uint32 left = 0;
  l_uint32 right = 0;
  pixGetPixel(seen->pix.get(), 20, 100, &left);
  pixGetPixel(seen->pix.get(), 300, 100, &right);
  CHECK(left == 255);
  CHECK(right == 0);

  const auto packed =
      layered(written(picture(90, 60, 1), IFF_TIFF_PACKBITS), std::vector<LayerPage>{});
  REQUIRE(packed);
  QPDF other;
  open_with_qpdf(other, *packed);
  CHECK(image_of(other, 0).getStreamData()->getSize() == 12 * 60);
}

TEST_CASE("the empty font is a whole TrueType file") {
  const std::string font = empty_truetype();
  CHECK(font.size() < 400);
  CHECK(font.substr(0, 4) == std::string("\0\1\0\0", 4));
  CHECK(font.size() % 4 == 0);
}

}  // namespace civicum
