// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>
#include <qpdf/qpdf-c.h>

#include "document/route.h"
#include "document/test_files.h"

namespace civicum {
namespace {

using test::one_page_pdf;
using test::Opened;
using test::PdfMaker;

constexpr const char* hello = "BT /F0 20 Tf 50 700 Td (Hola se\361or) Tj 0 -30 Td (adi\363s) Tj ET";

std::string grey_jpeg(int width, int height) {
  PixPtr pix(pixCreate(width, height, 8));
  pixSetAll(pix.get());
  for (int y = 0; y < height / 4; ++y) {
    for (int x = 0; x < width / 4; ++x) pixSetPixel(pix.get(), x, y, 0);
  }
  l_uint8* data = nullptr;
  std::size_t size = 0;
  ENSURE(pixWriteMemJpeg(&data, &size, pix.get(), 90, 0) == 0);
  std::string bytes(reinterpret_cast<char*>(data), size);
  lept_free(data);
  return bytes;
}

test::OnePage scan(int width, int height, const std::string& jpeg) {
  test::OnePage page;
  page.content = "q 600 0 0 800 0 0 cm /Im0 Do Q";
  page.image_dict = "/Width " + std::to_string(width) + "/Height " + std::to_string(height) +
                    "/BitsPerComponent 8/ColorSpace/DeviceGray/Filter/DCTDecode";
  page.image_bytes = jpeg;
  return page;
}

std::string encrypted(const std::string& pdf, const char* user, const char* owner) {
  qpdf_data qpdf = qpdf_init();
  ENSURE(qpdf_read_memory(qpdf, "page", pdf.data(), pdf.size(), nullptr) == QPDF_SUCCESS);
  ENSURE(qpdf_init_write_memory(qpdf) == QPDF_SUCCESS);
  qpdf_set_r6_encryption_parameters2(qpdf, user, owner, QPDF_TRUE, QPDF_TRUE, QPDF_TRUE, QPDF_TRUE,
                                     QPDF_TRUE, QPDF_TRUE, qpdf_r3p_full, QPDF_TRUE);
  ENSURE(qpdf_write(qpdf) == QPDF_SUCCESS);
  std::string bytes(reinterpret_cast<const char*>(qpdf_get_buffer(qpdf)),
                    qpdf_get_buffer_length(qpdf));
  qpdf_cleanup(&qpdf);
  return bytes;
}

unsigned pixel(const Raster& raster, int x, int y) {
  l_uint32 value = 0;
  ENSURE(pixGetPixel(raster.pix.get(), x, y, &value) == 0);
  return value;
}

TEST_CASE("a page's text comes in reading order, with boxes from the top left") {
  Opened pdf(one_page_pdf({hello}));
  REQUIRE(pdf.is_open());
  CHECK(pdf->type() == DocumentType::Pdf);
  CHECK(pdf->pages().count == 1);
  const auto text = pdf->text_layer(0, Document::Layer::Visible);
  REQUIRE(text);
  CHECK(text->text == "Hola señor\nadiós");
  REQUIRE(text->words.size() == 3);
  const Word& hola = text->words[0];
  CHECK(text->text.substr(hola.begin, hola.end - hola.begin) == "Hola");
  CHECK(hola.box.x0 == doctest::Approx(50).epsilon(0.01));
  CHECK(hola.box.y0 > 75);
  CHECK(hola.box.y1 < 110);
  CHECK_FALSE(hola.confidence);
}

TEST_CASE("boxes are those of the page as it is displayed") {
  Opened pdf(one_page_pdf({hello, "/MediaBox[0 0 600 800]/Rotate 90"}));
  REQUIRE(pdf.is_open());
  const auto facts = pdf->inventory(0);
  REQUIRE(facts);
  CHECK(facts->width == 800);
  CHECK(facts->height == 600);
  const auto text = pdf->text_layer(0, Document::Layer::Visible);
  REQUIRE(text);
  REQUIRE(text->words.size() == 3);
  CHECK(text->words[0].box.x0 > 690);
  CHECK(text->words[0].box.y0 == doctest::Approx(50).epsilon(0.01));
}

TEST_CASE("the crop box is the page") {
  Opened pdf(one_page_pdf({hello, "/MediaBox[0 0 600 800]/CropBox[40 600 540 800]"}));
  REQUIRE(pdf.is_open());
  const auto facts = pdf->inventory(0);
  REQUIRE(facts);
  CHECK(facts->width == 500);
  CHECK(facts->height == 200);
  const auto text = pdf->text_layer(0, Document::Layer::Visible);
  REQUIRE(text);
  CHECK(text->words.at(0).box.x0 == doctest::Approx(10).epsilon(0.02));
}

TEST_CASE("visible and invisible text are counted and told apart") {
  Opened pdf(
      one_page_pdf({"BT /F0 20 Tf 50 700 Td (visible) Tj 3 Tr 0 -30 Td (hidden words) Tj ET"}));
  REQUIRE(pdf.is_open());
  const auto facts = pdf->inventory(0);
  REQUIRE(facts);
  CHECK(facts->visible_chars == 7);
  CHECK(facts->invisible_chars == 11);
  CHECK(pdf->text_layer(0, Document::Layer::Visible)->text == "visible");
  CHECK(pdf->text_layer(0, Document::Layer::All)->text == "visible\nhidden words");
}

TEST_CASE("text filled with a pattern is visible") {
  test::OnePage page{"/Pattern cs /P0 scn BT /F0 20 Tf 50 700 Td (shaded) Tj ET"};
  page.resources =
      "/Pattern<</P0<</PatternType 2/Shading<</ShadingType 2/ColorSpace/DeviceGray"
      "/Coords[0 0 600 0]/Function<</FunctionType 2/Domain[0 1]/C0[0]/C1[0.5]/N 1>>>>>>>>";
  Opened pdf(one_page_pdf(page));
  REQUIRE(pdf.is_open());
  CHECK(pdf->inventory(0)->visible_chars == 6);
  CHECK(pdf->text_layer(0, Document::Layer::Visible)->text == "shaded");
}

TEST_CASE("a symbol alone is a bullet, symbols in a row are letters that nothing maps") {
  const auto unmapped_share = [](const std::string& shown) {
    test::OnePage page{"BT /F0 20 Tf 50 700 Td " + shown + " Tj ET"};
    page.encoding = "<</Differences[183/uniF0B7/uniF0A7]>>";
    Opened pdf(one_page_pdf(page));
    REQUIRE(pdf.is_open());
    return pdf->inventory(0)->unmapped_share;
  };
  CHECK(unmapped_share("(\\267 item)") == 0);
  CHECK(unmapped_share("(\\267\\270\\267\\270 item)") == doctest::Approx(3.0 / 8));
}

TEST_CASE("text under a full-page image is not visible") {
  test::OnePage page = scan(60, 80, grey_jpeg(60, 80));
  page.content = "BT /F0 20 Tf 50 700 Td (under) Tj ET " + page.content +
                 " BT /F0 20 Tf 50 600 Td (over) Tj ET";
  Opened pdf(one_page_pdf(page));
  REQUIRE(pdf.is_open());
  const auto facts = pdf->inventory(0);
  REQUIRE(facts);
  CHECK(facts->visible_chars == 4);
  CHECK(facts->invisible_chars == 5);
  CHECK(pdf->text_layer(0, Document::Layer::Visible)->text == "over");
  REQUIRE(facts->image);
  CHECK(facts->image->is_decodable);
}

TEST_CASE("a page with nothing on it is empty") {
  Opened pdf(one_page_pdf({"1 g 0 0 600 800 re f"}));
  REQUIRE(pdf.is_open());
  const auto facts = pdf->inventory(0);
  REQUIRE(facts);
  CHECK(decide_route(*facts).kind == PageKind::Empty);
}

TEST_CASE("a page's raster has its size, black letters on white") {
  Opened pdf(one_page_pdf({"0 g 0 700 300 100 re f"}));
  REQUIRE(pdf.is_open());
  const auto raster = pdf->render(0, {144}, std::nullopt);
  REQUIRE(raster);
  CHECK(pixGetWidth(raster->pix.get()) == 1200);
  CHECK(pixGetHeight(raster->pix.get()) == 1600);
  CHECK(pixGetDepth(raster->pix.get()) == 8);
  CHECK(pixel(*raster, 100, 100) == 0);
  CHECK(pixel(*raster, 101, 100) == 0);
  CHECK(pixel(*raster, 700, 100) == 255);
  CHECK(pixel(*raster, 100, 300) == 255);
}

TEST_CASE("a part of a page is rendered alone") {
  Opened pdf(one_page_pdf({"0 g 0 700 300 100 re f"}));
  REQUIRE(pdf.is_open());
  const auto raster = pdf->render(0, {72}, Box{290, 90, 310, 110});
  REQUIRE(raster);
  CHECK(pixGetWidth(raster->pix.get()) == 20);
  CHECK(pixGetHeight(raster->pix.get()) == 20);
  CHECK(pixel(*raster, 2, 2) == 0);
  CHECK(pixel(*raster, 15, 2) == 255);
  CHECK(pixel(*raster, 2, 15) == 255);
}

TEST_CASE("a full-page JPEG is decoded upright, whatever turns it") {
  const std::string jpeg = grey_jpeg(1200, 1600);
  for (const int rotate : {0, 90, 180, 270}) {
    test::OnePage page = scan(1200, 1600, jpeg);
    page.page_entries += "/Rotate " + std::to_string(rotate);
    Opened pdf(one_page_pdf(page));
    REQUIRE(pdf.is_open());
    const auto decoded = pdf->decode_image(0, {144});
    const auto rendered = pdf->render(0, {144}, std::nullopt);
    REQUIRE(decoded);
    REQUIRE(rendered);
    REQUIRE(pixGetWidth(decoded->pix.get()) == pixGetWidth(rendered->pix.get()));
    REQUIRE(pixGetHeight(decoded->pix.get()) == pixGetHeight(rendered->pix.get()));
    const int right = pixGetWidth(decoded->pix.get()) - 50;
    const int bottom = pixGetHeight(decoded->pix.get()) - 50;
    for (const auto& [x, y] : {std::pair{50, 50}, {right, 50}, {50, bottom}, {right, bottom}}) {
      CHECK((pixel(*decoded, x, y) < 128) == (pixel(*rendered, x, y) < 128));
    }
  }
}

TEST_CASE("a fax image stays one bit, black where it is displayed black") {
  PixPtr pix(pixCreate(1653, 2204, 1));
  pixRasterop(pix.get(), 0, 0, 800, 400, PIX_SET, nullptr, 0, 0);
  l_uint8* data = nullptr;
  std::size_t size = 0;
  REQUIRE(pixWriteMemTiff(&data, &size, pix.get(), IFF_TIFF_G4) == 0);
  const std::string tiff(reinterpret_cast<char*>(data), size);
  lept_free(data);
  // The strip's place and size, from the directory's entries 273 and 279.
  const auto u32 = [&tiff](std::size_t at) {
    std::uint32_t value = 0;
    for (int i = 3; i >= 0; --i)
      value = value << 8 | static_cast<std::uint8_t>(tiff[at + static_cast<std::size_t>(i)]);
    return value;
  };
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
  const std::uint32_t directory = u32(4);
  for (std::uint32_t at = directory + 2; at + 12 <= tiff.size(); at += 12) {
    const std::uint32_t tag = u32(at) & 0xFFFF;
    if (tag == 273) offset = u32(at + 8);
    if (tag == 279) length = u32(at + 8);
    if (tag > 300) break;
  }
  for (const bool is_inverted : {false, true}) {
    test::OnePage page = scan(1653, 2204, tiff.substr(offset, length));
    page.image_dict =
        std::string("/Width 1653/Height 2204/BitsPerComponent 1/ColorSpace/DeviceGray") +
        (is_inverted ? "/Decode[1 0]" : "") +
        "/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 1653/Rows 2204>>";
    Opened pdf(one_page_pdf(page));
    REQUIRE(pdf.is_open());
    const auto raster = pdf->decode_image(0, {200});
    REQUIRE(raster);
    CHECK(pixGetDepth(raster->pix.get()) == 1);
    CHECK(raster->dpi.value == 198);
    CHECK(pixel(*raster, 100, 100) == (is_inverted ? 0 : 1));
    CHECK(pixel(*raster, 1000, 100) == (is_inverted ? 1 : 0));
  }
}

TEST_CASE("an image with a mask, a mirror or drawings over it is rendered, not decoded") {
  const std::string jpeg = grey_jpeg(60, 80);
  test::OnePage masked = scan(60, 80, jpeg);
  masked.image_dict += "/Mask[250 255]";
  test::OnePage mirrored = scan(60, 80, jpeg);
  mirrored.content = "q -600 0 0 800 600 0 cm /Im0 Do Q";
  test::OnePage drawn_over = scan(60, 80, jpeg);
  for (int i = 0; i < 10; ++i) drawn_over.content += " 0 g 10 10 300 300 re f";
  test::OnePage indexed = scan(60, 80, jpeg);
  indexed.image_dict =
      "/Width 60/Height 80/BitsPerComponent 8/ColorSpace/DeviceGray/Decode[1 0]"
      "/Filter/DCTDecode";
  for (const test::OnePage& page : {masked, mirrored, drawn_over, indexed}) {
    Opened pdf(one_page_pdf(page));
    REQUIRE(pdf.is_open());
    const auto facts = pdf->inventory(0);
    REQUIRE(facts);
    REQUIRE(facts->image);
    CHECK_FALSE(facts->image->is_decodable);
    CHECK(decide_route(*facts).kind == PageKind::Render);
    const auto raster = pdf->decode_image(0, {100});
    REQUIRE_FALSE(raster);
    CHECK(raster.error().kind == ErrorKind::BadInput);
  }
}

TEST_CASE("a JPEG of another size than the document says is not decoded") {
  Opened pdf(one_page_pdf(scan(60000, 80000, grey_jpeg(60, 80))));
  REQUIRE(pdf.is_open());
  const auto raster = pdf->decode_image(0, {100});
  REQUIRE_FALSE(raster);
  CHECK(raster.error().kind == ErrorKind::BadInput);
}

TEST_CASE("what cannot be opened says why") {
  CHECK(Opened("").error() == OpenError::Empty);
  std::string headless = one_page_pdf({hello});
  headless.replace(1, 4, "????");
  CHECK(Opened(headless).is_open());
  CHECK(Opened("Querido diario:").error() == OpenError::NotADocument);
  CHECK(Opened("%PDF-1.7\nnothing else").error() == OpenError::Damaged);
  PdfMaker no_pages;
  no_pages.add("<</Type/Catalog/Pages 2 0 R>>");
  no_pages.add("<</Type/Pages/Kids[]/Count 0>>");
  CHECK(Opened(no_pages.bytes()).error() == OpenError::NoPages);
  const std::string whole = one_page_pdf({hello});
  Opened cut(whole.substr(0, whole.rfind("xref\n0")));
  REQUIRE(cut.is_open());
  CHECK(cut->inventory(0)->visible_chars > 0);
  CHECK(Opened(whole.substr(0, 20)).error() == OpenError::Damaged);
}

TEST_CASE("a user's or an owner's password opens, an empty one is tried first of all") {
  const std::string secret = encrypted(one_page_pdf({hello}), "abre", "dueno");
  CHECK(Opened(secret).error() == OpenError::Encrypted);
  CHECK(Opened(secret, "otra").error() == OpenError::Encrypted);
  CHECK(Opened(secret, "abre").is_open());
  CHECK(Opened(secret, "dueno").is_open());
  const std::string readable = encrypted(one_page_pdf({hello}), "", "dueno");
  CHECK(Opened(readable).is_open());
  CHECK(Opened(readable, "otra").is_open());
}

TEST_CASE("an encrypted page image is decoded through its encryption") {
  Opened pdf(encrypted(one_page_pdf(scan(1200, 1600, grey_jpeg(1200, 1600))), "", "dueno"));
  REQUIRE(pdf.is_open());
  CHECK(pdf->decode_image(0, {144}));
}

TEST_CASE("junk before the header does not hide a PDF") {
  CHECK(Opened("\n\n  junk \n" + one_page_pdf({hello})).is_open());
}

TEST_CASE("a page tree that loops or lies about its count does not hang") {
  PdfMaker loop;
  loop.add("<</Type/Catalog/Pages 2 0 R>>");
  loop.add("<</Type/Pages/Kids[2 0 R]/Count 3>>");
  Opened pdf(loop.bytes());
  if (pdf.is_open()) {
    const auto facts = pdf->inventory(0);
    REQUIRE_FALSE(facts);
    CHECK(facts.error().kind == ErrorKind::Corrupt);
  }
  PdfMaker liar;
  liar.add("<</Type/Catalog/Pages 2 0 R>>");
  liar.add("<</Type/Pages/Kids[]/Count 2000000000>>");
  CHECK(Opened(liar.bytes()).error() == OpenError::NoPages);
}

TEST_CASE("a page that is not there is not found") {
  Opened pdf(one_page_pdf({hello}));
  REQUIRE(pdf.is_open());
  CHECK(pdf->inventory(1).error().kind == ErrorKind::NotFound);
  CHECK(pdf->render(7, {72}, std::nullopt).error().kind == ErrorKind::NotFound);
}

TEST_CASE("a raster that cannot be allocated is an error, not an empty picture") {
  Opened pdf(one_page_pdf({hello, "/MediaBox[0 0 100000 100000]"}));
  REQUIRE(pdf.is_open());
  const auto raster = pdf->render(0, {600}, std::nullopt);
  REQUIRE_FALSE(raster);
  CHECK(raster.error().kind == ErrorKind::OutOfMemory);
}

TEST_CASE("an empty part of a page is bad input") {
  Opened pdf(one_page_pdf({hello}));
  REQUIRE(pdf.is_open());
  CHECK(pdf->render(0, {72}, Box{700, 0, 800, 10}).error().kind == ErrorKind::BadInput);
}

TEST_CASE("a text layer over its bound is too large, and its page can still be rendered") {
  std::string line;
  for (int i = 0; i < 420; ++i) line += "il ";
  std::string content = "BT /F0 16 Tf 10 5980 Td ";
  for (int i = 0; i < 260; ++i) content += "(" + line + ") Tj 0 -22 Td ";
  Opened pdf(one_page_pdf({content + "ET", "/MediaBox[0 0 6000 6000]"}));
  REQUIRE(pdf.is_open());
  const auto text = pdf->text_layer(0, Document::Layer::Visible);
  REQUIRE_FALSE(text);
  CHECK(text.error().kind == ErrorKind::TooLarge);
  CHECK(pdf->inventory(0));
  CHECK(pdf->render(0, {36}, std::nullopt));
}

}  // namespace
}  // namespace civicum
