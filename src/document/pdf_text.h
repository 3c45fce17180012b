// SPDX-License-Identifier: GPL-3.0-or-later
// Poppler's reading order (flows, blocks, lines, words) as a PageText.
#pragma once

#include <TextOutputDev.h>

#include "base/page.h"
#include "base/result.h"

namespace civicum {

/// Words that touch without a space (a font changes inside them) become one. TooLarge where the
/// text is over page_text_bytes_max or page_words_max.
Result<PageText> page_text_of(const TextFlow* flows);

}  // namespace civicum
