// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/layer_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <span>
#include <utility>

#include "document/code_points.h"
#include "document/placement.h"

namespace civicum {
namespace {

constexpr float side_min = 0.5F;
constexpr std::size_t codes_max = 65'536;
constexpr std::size_t cmap_entries_max = 100;

/// UTF-16BE in hexadecimal, as CMaps are written.
std::string utf16_hex(char32_t c) {
  if (c < 0x10000) return fmt::format("{:04X}", static_cast<std::uint32_t>(c));
  const std::uint32_t rest = static_cast<std::uint32_t>(c) - 0x10000;
  return fmt::format("{:04X}{:04X}", 0xD800 + (rest >> 10), 0xDC00 + (rest & 0x3FF));
}

/// Where a line's words lie: y = middle + slope * x, and so far above and below.
struct LineShape {
  float slope = 0;
  float middle = 0;
  float above = 0;
  float below = 0;

  float middle_at(float x) const { return middle + slope * x; }
};

float middle_x(const Box& box) { return (box.x0 + box.x1) / 2; }
float middle_y(const Box& box) { return (box.y0 + box.y1) / 2; }

/// Least squares; level where there are too few words to tell.
void fit_middle(std::span<const Word> line, LineShape& shape) {
  double sum_x = 0;
  double sum_y = 0;
  for (const Word& word : line) {
    sum_x += middle_x(word.box);
    sum_y += middle_y(word.box);
  }
  const double count = static_cast<double>(line.size());
  const double mean_x = sum_x / count;
  const double mean_y = sum_y / count;
  double covariance = 0;
  double variance = 0;
  for (const Word& word : line) {
    covariance += (middle_x(word.box) - mean_x) * (middle_y(word.box) - mean_y);
    variance += (middle_x(word.box) - mean_x) * (middle_x(word.box) - mean_x);
  }
  constexpr std::size_t sloped_words_min = 4;
  constexpr double slope_min = 0.01;
  constexpr double slope_max = 0.3;
  const double slope = variance > 0 ? covariance / variance : 0;
  const bool is_sloped = line.size() >= sloped_words_min && std::abs(slope) >= slope_min &&
                         std::abs(slope) <= slope_max;
  shape.slope = is_sloped ? static_cast<float>(slope) : 0;
  shape.middle = static_cast<float>(mean_y - shape.slope * mean_x);
}

/// Boxes of words are tight around their ink or as high as their font; the upper quartile of each
/// side serves both.
LineShape shape_of(std::span<const Word> line) {
  LineShape shape;
  fit_middle(line, shape);
  std::vector<float> above;
  std::vector<float> below;
  for (const Word& word : line) {
    const float middle = shape.middle_at(middle_x(word.box));
    above.push_back(middle - word.box.y0);
    below.push_back(word.box.y1 - middle);
  }
  const auto quartile = static_cast<std::ptrdiff_t>(line.size() * 3 / 4);
  std::nth_element(above.begin(), above.begin() + quartile, above.end());
  std::nth_element(below.begin(), below.begin() + quartile, below.end());
  shape.above = above[static_cast<std::size_t>(quartile)];
  shape.below = below[static_cast<std::size_t>(quartile)];
  return shape;
}

/// The word's box, as high as its line where it fits into it.
Box box_on_line(const Box& box, const LineShape& line) {
  const float middle = line.middle_at(middle_x(box));
  const float height = line.above + line.below;
  const bool fits = std::abs(middle_y(box) - middle) < height && box.y1 - box.y0 < 1.8F * height;
  Box out = box;
  if (fits) {
    out.y0 = middle - line.above;
    out.y1 = middle + line.below;
  }
  out.x1 = std::max(out.x1, out.x0 + side_min);
  out.y1 = std::max(out.y1, out.y0 + side_min);
  return out;
}

/// The quarter turn clockwise that lays a line level: lines of a picture that stands on its side
/// beside upright text run upwards or downwards, and their words are higher than wide.
std::uint16_t turn_of_line(std::span<const Word> line) {
  constexpr float steep = 2;
  float width = 0;
  float height = 0;
  for (const Word& word : line) {
    width += word.box.x1 - word.box.x0;
    height += word.box.y1 - word.box.y0;
  }
  const Box& first = line.front().box;
  const Box& last = line.back().box;
  const float across = middle_x(last) - middle_x(first);
  const float down = middle_y(last) - middle_y(first);
  const bool is_upright = height < width || std::abs(down) <= steep * std::abs(across);
  if (line.size() < 2 || is_upright) return 0;
  return down > 0 ? 270 : 90;
}

/// The sheet after a quarter turn clockwise.
LayerSheet turned_sheet(LayerSheet sheet, std::uint16_t degrees) {
  if (degrees % 180 != 0) std::swap(sheet.width, sheet.height);
  sheet.frame.turn = static_cast<std::uint16_t>((sheet.frame.turn + degrees) % 360);
  return sheet;
}

class LayerWriter {
 public:
  LayerWriter(const LayerSheet& sheet, std::string_view font_name, LayerAlphabet& alphabet)
      : sheet_(sheet), font_name_(font_name), alphabet_(alphabet) {
    const bool is_sideways = sheet.frame.turn % 180 != 0;
    const double width = is_sideways ? sheet.frame.height : sheet.frame.width;
    const double height = is_sideways ? sheet.frame.width : sheet.frame.height;
    scale_x_ = sheet.width > 0 ? width / double{sheet.width} : 1;
    scale_y_ = sheet.height > 0 ? height / double{sheet.height} : 1;
  }

  void write_line(std::string_view text, std::span<const Word> line) {
    const LineShape shape = shape_of(line);
    for (std::size_t i = 0; i < line.size(); ++i) {
      const Word& word = line[i];
      const Box box = box_on_line(word.box, shape);
      write(text.substr(word.begin, word.end - word.begin), box);
      if (i + 1 == line.size()) break;
      Box gap = box;
      gap.x0 = box.x1;
      gap.x1 = std::max(line[i + 1].box.x0, box.x1 + side_min);
      write(" ", gap);
    }
  }

  std::string take() && {
    if (out_.empty()) return {};
    return "q\nBT\n3 Tr\n" + out_ + "ET\nQ\n";
  }

 private:
  void write(std::string_view word, const Box& box) {
    std::string hex;
    std::size_t count = 0;
    for_each_code_point(word, [&](char32_t c) {
      fmt::format_to(std::back_inserter(hex), "{:04X}", alphabet_.code_of(c));
      ++count;
    });
    if (count == 0) return;
    const double size = std::max(0.1, (double{box.y1} - double{box.y0}) * scale_y_);
    const double width = (double{box.x1} - double{box.x0}) * scale_x_;
    const double stretch = 100 * width / (static_cast<double>(count) * layer_glyph_width * size);
    if (std::abs(size - size_) > 0.005) {
      fmt::format_to(std::back_inserter(out_), "{} {:.2f} Tf\n", font_name_, size);
      size_ = size;
    }
    const double baseline = double{box.y1} * scale_y_ - layer_glyph_descent * size;
    put_matrix(double{box.x0} * scale_x_, baseline);
    fmt::format_to(std::back_inserter(out_), "{:.2f} Tz <{}> Tj\n", stretch, hex);
  }

  /// (x, y): on the upright page, y down.
  void put_matrix(double x, double y) {
    const PageFrame& f = sheet_.frame;
    const auto put = [this](std::string_view turn, double e, double g) {
      fmt::format_to(std::back_inserter(out_), "{} {:.2f} {:.2f} Tm ", turn, e, g);
    };
    switch (f.turn) {
      case 90:
        return put("0 1 -1 0", f.x + y, f.y + x);
      case 180:
        return put("-1 0 0 -1", f.x + f.width - x, f.y + y);
      case 270:
        return put("0 -1 1 0", f.x + f.width - y, f.y + f.height - x);
      default:
        return put("1 0 0 1", f.x + x, f.y + f.height - y);
    }
  }

  LayerSheet sheet_;
  std::string_view font_name_;
  LayerAlphabet& alphabet_;
  double scale_x_ = 1;
  double scale_y_ = 1;
  double size_ = 0;
  std::string out_;
};

bool is_usable(const Word& word, std::string_view text, LayerWords words) {
  const Box& box = word.box;
  constexpr float far = 100'000;
  const bool is_placed = std::abs(box.x0) < far && std::abs(box.y0) < far &&
                         std::abs(box.x1) < far && std::abs(box.y1) < far;
  return is_placed && word.begin < word.end && word.end <= text.size() &&
         (words == LayerWords::All || word.confidence.has_value());
}

}  // namespace

std::uint16_t LayerAlphabet::code_of(char32_t character) {
  const auto at = codes_.find(character);
  if (at != codes_.end()) return at->second;
  if (characters_.size() >= codes_max) return 0;
  const auto code = static_cast<std::uint16_t>(characters_.size());
  codes_.emplace(character, code);
  characters_.push_back(character);
  return code;
}

std::string LayerAlphabet::to_unicode() const {
  std::string out =
      "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
      "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
      "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
      "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n";
  for (std::size_t begin = 0; begin < characters_.size(); begin += cmap_entries_max) {
    const std::size_t end = std::min(begin + cmap_entries_max, characters_.size());
    out += fmt::format("{} beginbfchar\n", end - begin);
    for (std::size_t i = begin; i < end; ++i) {
      out += fmt::format("<{:04X}> <{}>\n", i, utf16_hex(characters_[i]));
    }
    out += "endbfchar\n";
  }
  return out + "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n";
}

std::string layer_text(const PageText& page, const LayerSheet& sheet, std::string_view font_name,
                       LayerAlphabet& alphabet) {
  constexpr std::array<std::uint16_t, 3> turns = {0, 90, 270};
  std::vector<LayerWriter> writers;
  writers.reserve(turns.size());
  for (const std::uint16_t turn : turns) {
    writers.emplace_back(turned_sheet(sheet, turn), font_name, alphabet);
  }
  const std::string_view text = page.text;
  std::vector<Word> line;
  const auto end_line = [&] {
    if (line.empty()) return;
    const std::uint16_t turn = turn_of_line(line);
    for (Word& word : line) word.box = turn_box(word.box, turn, {sheet.width, sheet.height});
    const auto writer = std::find(turns.begin(), turns.end(), turn) - turns.begin();
    writers[static_cast<std::size_t>(writer)].write_line(text, line);
    line.clear();
  };
  std::size_t last_end = 0;
  for (const Word& word : page.words) {
    if (!is_usable(word, text, sheet.words)) continue;
    const std::size_t begin = std::max<std::size_t>(word.begin, last_end);
    if (text.substr(last_end, begin - last_end).find('\n') != text.npos) end_line();
    last_end = word.end;
    line.push_back(word);
  }
  end_line();
  std::string out;
  for (LayerWriter& writer : writers) out += std::move(writer).take();
  return out;
}

}  // namespace civicum
