// SPDX-License-Identifier: GPL-3.0-or-later
// What the number of a document looks like, type by type, and what around it speaks against it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fields/scan.h"

namespace civicum::fields {

enum class NumberMark : std::uint8_t { Missing, Present };

struct NumberPlace {
  DocumentNumberType type = DocumentNumberType::Ley;
  std::size_t at = 0;
  NumberMark mark = NumberMark::Missing;
};

struct NumberShape {
  std::string value;  ///< canonical: no grouping dots, no blanks, upper case
  std::size_t end = 0;
};

/// The number that stands exactly there, as its type writes it.
std::optional<NumberShape> read_document_number(const FoldedText& page, const NumberPlace& place);

struct NumberContext {
  DocumentNumberType type = DocumentNumberType::Ley;
  std::size_t name_begin = 0;
  std::size_t end = 0;
  std::string_view lead;  ///< from the name to the number
  NumberMark mark = NumberMark::Missing;
  std::string_view value;
};

/// False where the words around say that the number is another thing: a land register's rol, paper
/// of "oficio" size, a resolution of so many dpi.
bool is_document_number_plausible(std::string_view text, const NumberContext& context);

}  // namespace civicum::fields
