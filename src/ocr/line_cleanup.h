// SPDX-License-Identifier: GPL-3.0-or-later
// Takes out of recognised lines what is no text: strokes of pictures, rules and frames that were
// read as punctuation, and bullets that were read as letters. Pure.
#pragma once

#include <functional>
#include <vector>

#include "ocr/recognized.h"

namespace civicum {

/// Drops words of one or two marks, no letters or digits, that were recognised with little
/// confidence, and lines of which only a few doubtful letters are left. Long words stay whatever
/// their confidence: addresses and file names are doubtful and right.
void drop_strokes(std::vector<RecognizedBlock>& blocks);

/// Answers whether the ink in a box is one solid dot or square.
using IsSolid = std::function<bool(const PixelBox&)>;
/// Writes "•" for a small solid mark at the beginning of a line, whatever letter it was taken for.
void restore_bullets(std::vector<RecognizedBlock>& blocks, const IsSolid& is_solid);

}  // namespace civicum
