// SPDX-License-Identifier: GPL-3.0-or-later
// Words and boxes as the content stream of an invisible text layer. Pure. The text is in rendering
// mode 3, word by word, each scaled to the width of its box; the words of a line share size and
// baseline, so that viewers see one line and selection looks even.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/page.h"

namespace civicum {

/// The layer's font has a code for each character the document uses, given out as they come.
class LayerAlphabet {
 public:
  /// Code 0 is the space, also for what comes after 65,535 others.
  std::uint16_t code_of(char32_t character);
  std::size_t size() const { return characters_.size(); }
  /// The font's ToUnicode CMap (ISO 32000-1, 9.10.3).
  std::string to_unicode() const;

 private:
  std::map<char32_t, std::uint16_t> codes_{{U' ', 0}};
  std::vector<char32_t> characters_{U' '};
};

/// A page's own coordinates, y up, and the quarter turns clockwise that set it upright.
struct PageFrame {
  double x = 0;  ///< lower left corner
  double y = 0;
  double width = 0;
  double height = 0;
  std::uint16_t turn = 0;  ///< 0, 90, 180, 270
};

/// All characters are this wide, this high over and this deep below the baseline, in sizes.
inline constexpr double layer_glyph_width = 0.5;
inline constexpr double layer_glyph_ascent = 0.8;
inline constexpr double layer_glyph_descent = 0.2;

enum class LayerWords : std::uint8_t { All, Recognized };

struct LayerSheet {
  float width = 0;  ///< points of the upright page, by which the boxes are measured
  float height = 0;
  PageFrame frame;
  LayerWords words = LayerWords::All;
};

/// Operators that set text in the font `font_name`, leaving the graphics state as it was. Empty
/// where there is no word.
std::string layer_text(const PageText& page, const LayerSheet& sheet, std::string_view font_name,
                       LayerAlphabet& alphabet);

}  // namespace civicum
