// SPDX-License-Identifier: GPL-3.0-or-later
// A page's text as lines that know what they are: prose, a heading, the subject line of an official
// letter, a row of a table. And the memory of lines that stand at the edges of several pages.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/page.h"

namespace civicum {

/// Text of one page beyond this is not looked at: about ten printed pages.
inline constexpr std::size_t summary_page_bytes_max = std::size_t{32} << 10;

struct Line {
  std::uint32_t begin = 0;  ///< bytes of the page's text, without white space at either end
  std::uint32_t end = 0;
  std::uint32_t block_index = 0;
  std::optional<float> confidence;  ///< mean over its words
};

struct PageLines {
  std::uint32_t page_index = 0;
  std::string text;
  std::vector<Line> lines;  ///< none is empty

  std::string_view text_of(const Line& line) const {
    return std::string_view(text).substr(line.begin, line.end - line.begin);
  }
  bool starts_block(std::size_t i) const {
    return i == 0 || lines[i].block_index != lines[i - 1].block_index;
  }
  bool ends_block(std::size_t i) const {
    return i + 1 == lines.size() || lines[i].block_index != lines[i + 1].block_index;
  }
};

PageLines split_lines(std::uint32_t page_index, const PageText& page);

enum class LineKind : std::uint8_t { Prose, Heading, Subject, Row };
LineKind classify(const PageLines& page, std::size_t line_index);

/// The text behind "MAT.:", "REF.:", "ASUNTO:"; empty where the line has no such label.
std::string_view subject_of(std::string_view line);

/// Lines seen at the top or bottom of pages, numbers aside.
class EdgeLines {
 public:
  void note(const PageLines& page);
  bool is_repeated(std::string_view line) const;

 private:
  struct Seen {
    std::uint32_t last_page = 0;
    std::uint32_t page_count = 0;
  };
  void note(std::string_view line, std::uint32_t page_index);
  void forget_single_lines();

  std::unordered_map<std::uint64_t, Seen> seen_;
};

}  // namespace civicum
