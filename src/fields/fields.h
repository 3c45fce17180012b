// SPDX-License-Identifier: GPL-3.0-or-later
// Verified fields of a page: RUT, dates, money, document numbers, e-mail, telephone, vehicle plate.
// The one door of this house. Pure: page text in, fields out. Precision comes first: what only
// looks like a field is left out, and what could be read in two ways is not read at all. Leaves to
// others: reading pages, joining pages, storing and rendering the record.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/page.h"

namespace civicum {

enum class FieldKind : std::uint8_t { Rut, Date, Money, DocumentNumber, Email, Phone, Plate };
enum class DocumentNumberType : std::uint8_t {
  Ley,
  Decreto,
  Resolucion,
  Oficio,
  Folio,
  Rol,
  Rit,
  Ruc,
  Repertorio
};

/// The words used in records: "rut", "document_number", "resolucion" …
std::string_view name_of(FieldKind kind);
std::string_view name_of(DocumentNumberType type);

/// Canonical values: "12.345.678-5"; "2024-03-05"; "CLP 1250000", "UF 2500.75"; "302/2022";
/// "a@b.cl"; "+56226781234"; "BBCL23".
struct Field {
  FieldKind kind = FieldKind::Rut;
  std::string value;
  std::string raw;  ///< the page's own bytes, line break included where the value is broken
  std::optional<DocumentNumberType> type;  ///< document numbers only
  bool is_valid = true;                    ///< false: a labelled RUT whose check digit is wrong
  bool is_repaired = false;                ///< a letter was read as the digit it looks like
  float confidence = 0;                    ///< 0…1
  std::uint32_t page_index = 0;
  Box box;  ///< around the words that the value touches; empty where it touches none
};

inline constexpr std::size_t fields_per_page_max = 2'000;

/// The page's fields in reading order; no two overlap. Looks at the first page_text_bytes_max bytes
/// and keeps the first fields_per_page_max fields. Linear in the text.
std::vector<Field> find_fields(const PageText& page, std::uint32_t page_index);

}  // namespace civicum
