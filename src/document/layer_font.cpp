// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/layer_font.h"

#include <array>
#include <cstdint>
#include <initializer_list>

namespace civicum {
namespace {

constexpr std::uint16_t units_per_em = 1000;
constexpr auto ascent = static_cast<std::uint16_t>(layer_glyph_ascent * units_per_em);
constexpr auto descent = static_cast<std::uint16_t>(layer_glyph_descent * units_per_em);
constexpr auto advance = static_cast<std::uint16_t>(layer_glyph_width * units_per_em);
constexpr auto negative_descent = static_cast<std::uint16_t>(0x10000 - descent);
constexpr std::uint16_t glyph_count = 2;

void put16(std::string& out, std::uint16_t value) {
  out += static_cast<char>(value >> 8);
  out += static_cast<char>(value & 0xFF);
}

void put32(std::string& out, std::uint32_t value) {
  put16(out, static_cast<std::uint16_t>(value >> 16));
  put16(out, static_cast<std::uint16_t>(value & 0xFFFF));
}

std::string words16(std::initializer_list<std::uint16_t> words) {
  std::string out;
  for (const std::uint16_t word : words) put16(out, word);
  return out;
}

/// The sum of big-endian 32-bit words; `bytes` is padded to four.
std::uint32_t checksum(std::string_view bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    sum += std::uint32_t{static_cast<std::uint8_t>(bytes[i])} << (24 - 8 * (i % 4));
  }
  return sum;
}

struct Table {
  std::string_view tag;
  std::string bytes;
};

QPDFObjectHandle name(const std::string& text) { return QPDFObjectHandle::newName(text); }
QPDFObjectHandle integer(long long value) { return QPDFObjectHandle::newInteger(value); }

QPDFObjectHandle new_descriptor(QPDF& pdf) {
  const std::string file = empty_truetype();
  QPDFObjectHandle stream = new_flate_stream(pdf, file);
  stream.getDict().replaceKey("/Length1", integer(static_cast<long long>(file.size())));
  QPDFObjectHandle descriptor = QPDFObjectHandle::parse(
      "<< /Type /FontDescriptor /FontName /CivicumEmpty /Flags 4 /ItalicAngle 0 /StemV 80 >>");
  descriptor.replaceKey("/Ascent", integer(ascent));
  descriptor.replaceKey("/CapHeight", integer(ascent));
  descriptor.replaceKey("/Descent", integer(-int{descent}));
  descriptor.replaceKey(
      "/FontBBox", QPDFObjectHandle::newArray(
                       {integer(0), integer(-int{descent}), integer(advance), integer(ascent)}));
  descriptor.replaceKey("/FontFile2", stream);
  return pdf.makeIndirectObject(descriptor);
}

}  // namespace

std::string empty_truetype() {
  std::array<Table, 6> tables = {{
      {"glyf", words16({0, 0})},
      {"head", words16({1,       0,      1, 0, 0, 0, 0x5F0F, 0x3CF5, 0, units_per_em,
                        0,       0,      0, 0, 0, 0, 0,      0,      0, negative_descent,
                        advance, ascent, 0, 8, 2, 0, 0})},
      {"hhea",
       words16({1, 0, ascent, negative_descent, 0, advance, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1})},
      {"hmtx", words16({advance, 0, 0})},
      {"loca", words16({0, 0, 0})},
      {"maxp", words16({1, 0, glyph_count, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0})},
  }};
  std::string directory = words16({1, 0, static_cast<std::uint16_t>(tables.size()), 64, 2, 32});
  std::string body;
  for (Table& table : tables) {
    const auto size = static_cast<std::uint32_t>(table.bytes.size());
    table.bytes.resize((table.bytes.size() + 3) / 4 * 4, '\0');
    directory += table.tag;
    put32(directory, checksum(table.bytes));
    put32(directory, static_cast<std::uint32_t>(12 + tables.size() * 16 + body.size()));
    put32(directory, size);
    body += table.bytes;
  }
  return directory + body;
}

QPDFObjectHandle new_flate_stream(QPDF& pdf, std::string_view bytes) {
  Pl_Buffer coded("coded");
  Pl_Flate flate("flate", &coded, Pl_Flate::a_deflate);
  flate.write(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  flate.finish();
  QPDFObjectHandle stream = QPDFObjectHandle::newStream(&pdf, coded.getBufferSharedPointer());
  stream.getDict().replaceKey("/Filter", name("/FlateDecode"));
  return stream;
}

void fill_layer_font(QPDF& pdf, QPDFObjectHandle font, const LayerAlphabet& alphabet) {
  QPDFObjectHandle descendant = QPDFObjectHandle::parse(
      "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /CivicumEmpty /CIDSystemInfo "
      "<< /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>");
  descendant.replaceKey("/DW", integer(advance));
  descendant.replaceKey("/FontDescriptor", new_descriptor(pdf));
  std::string glyphs;
  for (std::size_t i = 0; i < alphabet.size(); ++i) put16(glyphs, 1);
  descendant.replaceKey("/CIDToGIDMap", new_flate_stream(pdf, glyphs));
  font.replaceKey("/Type", name("/Font"));
  font.replaceKey("/Subtype", name("/Type0"));
  font.replaceKey("/BaseFont", name("/CivicumEmpty"));
  font.replaceKey("/Encoding", name("/Identity-H"));
  font.replaceKey("/DescendantFonts",
                  QPDFObjectHandle::newArray({pdf.makeIndirectObject(descendant)}));
  font.replaceKey("/ToUnicode", new_flate_stream(pdf, alphabet.to_unicode()));
}

}  // namespace civicum
