// SPDX-License-Identifier: GPL-3.0-or-later
// The tree of a PDF's pages as it is, whatever its /Count says (ISO 32000-1 §7.7.3), and what a
// page names as its contents.
#pragma once

#include <PDFDoc.h>
#include <Page.h>

#include <string>

#include "document/document.h"

namespace civicum {

/// Walks down to every leaf, and stops a page behind document_pages_max. What stands in a page's
/// place and is none, and what /Count declares beyond the leaves where a branch is missing, are
/// pages that are lost, at their places. Where Poppler would count otherwise, the tree is made
/// plain in memory: Poppler then has the same pages. May throw what Poppler throws.
PageList list_pages(PDFDoc& doc);

/// True where the page names contents that are not there: Poppler shows it blank without a word.
bool lacks_contents(Page& page);

/// Takes what is no stream out of the list of contents, in memory: Poppler shows nothing of a page
/// with such a list. True where something that was named is missing.
bool drop_missing_contents(Page& page);

/// The page's instructions, its streams one behind the other; empty where they are over 16 MiB.
std::string contents_of(Page& page);

/// Behind a Q too many Poppler leaves out the rest of the page, where others go on. Puts enough q
/// before the page's contents, in memory. The bytes must outlive the document; empty: not done.
std::string balance_states(Page& page);

}  // namespace civicum
