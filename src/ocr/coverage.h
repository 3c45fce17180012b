// SPDX-License-Identifier: GPL-3.0-or-later
// Layout analysis sometimes never makes a block of some text, and the confidence of the rest does
// not show it. The ink does: letter-like shapes outside every word that was recognised.
#pragma once

#include <vector>

#include "document/bitmap.h"
#include "ocr/recognized.h"

namespace civicum {

inline constexpr std::size_t missed_regions_max = 4;

/// The regions that may hold missed text, most letters first, with a margin that may reach beyond
/// the picture. `black` is the 1-bit picture the blocks were recognised on; it is used up.
std::vector<PixelBox> find_missed_text(PixPtr black, const std::vector<RecognizedBlock>& blocks);

/// Of what was read in such a region, the lines that are surely text: a drawing is not.
void keep_sure_lines(std::vector<RecognizedBlock>& found);

/// The median height of the words' boxes; 0 without words.
int median_word_height(const std::vector<RecognizedBlock>& blocks);

/// Puts a block found later where it stands on the page: before the first block that begins below
/// its middle and shares columns with it.
void insert_by_place(std::vector<RecognizedBlock>& blocks, RecognizedBlock found);

}  // namespace civicum
