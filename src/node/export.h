// SPDX-License-Identifier: GPL-3.0-or-later
// A document of the store as others read it: its record on one line, a page as Markdown.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/store.h"

namespace civicum {

/// "## Página N" and its text, or why it is missing.
Result<std::string> page_markdown(Documents documents, DocumentId document,
                                  std::uint32_t page_index);

/// The record of a document that has ended, as one line, given to `write` in pieces. What is
/// written on the way lies in `spool_folder`, in a file without a name. NotFound where the document
/// was removed meanwhile: nothing was given to `write` then.
Status export_record(Store& store, const DocumentRow& document, const std::string& spool_folder,
                     const std::function<Status(std::string_view)>& write);

}  // namespace civicum
