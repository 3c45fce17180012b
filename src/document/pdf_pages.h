// SPDX-License-Identifier: GPL-3.0-or-later
// The tree of a PDF's pages as it is, whatever its /Count says (ISO 32000-1 §7.7.3).
#pragma once

#include <PDFDoc.h>
#include <Page.h>

#include <cstdint>
#include <string>

namespace civicum {

/// Counts the leaves, and stops a page behind document_pages_max. Where a branch is missing, what
/// /Count declares counts if it is more: those pages are lost, not absent. May throw what Poppler
/// throws.
std::uint32_t count_pages(PDFDoc& doc);

/// Notes a loss (library_errors) where the page names a content stream that is not there: Poppler
/// shows such a page blank without a word.
void note_missing_contents(Page& page);

/// Behind a Q too many Poppler leaves out the rest of the page, where others go on. Puts enough q
/// before the page's contents, in memory. The bytes must outlive the document; empty: not done.
std::string balance_states(Page& page);

}  // namespace civicum
