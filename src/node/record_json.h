// SPDX-License-Identifier: GPL-3.0-or-later
// The pieces of a record as JSON text. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "base/page.h"
#include "fields/fields.h"
#include "store/documents.h"

namespace civicum {

/// Appends one JSON object. `page_number` is 1-based.
void append_page(std::string& out, std::uint32_t page_number, const PageReading& reading,
                 const StoredPage& page);
void append_gap(std::string& out, std::uint32_t page_number, const Gap& gap);
void append_field(std::string& out, const Field& field);

}  // namespace civicum
