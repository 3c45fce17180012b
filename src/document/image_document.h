// SPDX-License-Identifier: GPL-3.0-or-later
// A JPEG, PNG or TIFF file as a Document. Only for open_document.
#pragma once

#include "document/document.h"

namespace civicum {

OpenedDocument open_image(int fd);

}  // namespace civicum
