// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/image_document.h"

namespace civicum {
OpenedDocument open_image(int) { return OpenFailure{OpenError::Unsupported, ""}; }
}  // namespace civicum
