// SPDX-License-Identifier: GPL-3.0-or-later
// A PDF as a Document (Poppler). Only for open_document.
#pragma once

#include <string>

#include "document/document.h"

namespace civicum {

OpenedDocument open_pdf(int fd, const std::string& password);

/// Poppler's process-wide state: CMap lists, message callback. Once is enough, more do no harm.
void prepare_poppler();

}  // namespace civicum
