// SPDX-License-Identifier: GPL-3.0-or-later
// The text layer's font: two empty glyphs in a TrueType file of about 300 bytes (Apple's TrueType
// reference manual), embedded, so that no viewer looks for a substitute.
#pragma once

#include <string>

#include "document/layer_text.h"
#include "document/qpdf_api.h"

namespace civicum {

/// The font file: "glyf", "head", "hhea", "hmtx", "loca", "maxp". Pure.
std::string empty_truetype();

/// Makes `font` (an indirect dictionary) the composite font of the alphabet. After the last page,
/// when all characters are known.
void fill_layer_font(QPDF& pdf, QPDFObjectHandle font, const LayerAlphabet& alphabet);

/// A new stream, Flate-coded.
QPDFObjectHandle new_flate_stream(QPDF& pdf, std::string_view bytes);

}  // namespace civicum
