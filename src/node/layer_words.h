// SPDX-License-Identifier: GPL-3.0-or-later
// A document's recognised words as a spool, for the reader that writes its PDF.
#pragma once

#include <string>

#include "base/result.h"
#include "os/fd.h"
#include "store/documents.h"

namespace civicum {

/// Pages that were read by OCR, in order, into an unnamed file in `folder`, rewound. Text layers
/// and gaps are left out: those pages stay as they are.
Result<Fd> write_layer_words(Documents documents, const StoredDocument& document,
                             const std::string& folder);

}  // namespace civicum
