// SPDX-License-Identifier: GPL-3.0-or-later
// Texts of one page from two sources put together. Pure.
#pragma once

#include <cstdint>

#include "base/page.h"

namespace civicum {

/// `text` without the words whose middle lies inside a word of `kept`: what OCR read of a stamp
/// that is known already.
PageText without_overlaps(const PageText& text, const PageText& kept);

/// Appends `more` as a block of its own, behind an empty line. Stops at the bounds of a page's
/// text.
void append_block(PageText& text, const PageText& more);

/// The same words elsewhere on the page.
void move_words(PageText& text, float right, float down);

/// Boxes of a page `width` × `height` points large after it was turned `degrees` (0, 90, 180, 270)
/// clockwise.
void turn_words(PageText& text, std::uint16_t degrees, float width, float height);

}  // namespace civicum
