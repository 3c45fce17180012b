// SPDX-License-Identifier: GPL-3.0-or-later
#include "ocr/reading_order.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace civicum {
namespace {

/// Blocks that Tesseract read one below the other.
struct Stack {
  std::vector<RecognizedBlock> blocks;
  PixelBox box;
};

/// The lines of a stack that lie beside the lines of its neighbour.
using Lines = std::vector<const RecognizedLine*>;

struct Range {
  int top = 0;
  int bottom = 0;
  bool holds(const PixelBox& box) const {
    const int middle = (box.y0 + box.y1) / 2;
    return middle >= top && middle <= bottom;
  }
};

bool share_row(const PixelBox& a, const PixelBox& b) {
  const int overlap = std::min(a.y1, b.y1) - std::max(a.y0, b.y0);
  return overlap * 2 > std::min(a.height(), b.height());
}

std::vector<Stack> stack_up(std::vector<RecognizedBlock> blocks) {
  std::vector<Stack> stacks;
  for (RecognizedBlock& block : blocks) {
    const bool continues =
        !stacks.empty() && block.box.x0 < stacks.back().box.x1 &&
        stacks.back().box.x0 < block.box.x1 &&
        block.box.y0 >= stacks.back().blocks.back().box.y1 - block.box.height() / 2 &&
        block.box.y0 >= stacks.back().blocks.back().box.y0;
    if (!continues) stacks.push_back({{}, block.box});
    stacks.back().box = unite(stacks.back().box, block.box);
    stacks.back().blocks.push_back(std::move(block));
  }
  return stacks;
}

Lines lines_within(const Stack& stack, Range range) {
  Lines lines;
  for (const RecognizedBlock& block : stack.blocks) {
    for (const RecognizedLine& line : block.lines) {
      if (range.holds(line.box)) lines.push_back(&line);
    }
  }
  return lines;
}

/// From the first to the last row on which the right stack has a line beside one of the left.
std::optional<Range> common_rows(const Stack& left, const Stack& right) {
  const Range everything{std::numeric_limits<int>::min(), std::numeric_limits<int>::max()};
  Range range{std::numeric_limits<int>::max(), std::numeric_limits<int>::min()};
  const Lines left_lines = lines_within(left, everything);
  for (const RecognizedLine* line : lines_within(right, everything)) {
    const auto is_beside = [&](const RecognizedLine* other) {
      return share_row(line->box, other->box) && other->box.x1 <= line->box.x0;
    };
    if (std::ranges::none_of(left_lines, is_beside)) continue;
    range = {std::min(range.top, line->box.y0), std::max(range.bottom, line->box.y1)};
  }
  if (range.top > range.bottom) return std::nullopt;
  return range;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A number, a date, an amount: digits, and no word of three letters or more.
bool is_figure(const RecognizedLine& line) {
  bool has_digit = false;
  for (const RecognizedWord& word : line.words) {
    const bool word_has_digit = std::ranges::any_of(word.text, is_digit);
    has_digit = has_digit || word_has_digit;
    if (!word_has_digit && word.text.size() >= 3) return false;
  }
  return has_digit;
}

bool is_label(const RecognizedLine& line) { return line.words.back().text.ends_with(':'); }

template <typename Is>
bool are_mostly(const Lines& lines, Is is) {
  const auto count = std::ranges::count_if(lines, [&](const RecognizedLine* l) { return is(*l); });
  return count * 5 >= std::ssize(lines) * 3;
}

/// Lines of several words of which most reach the right margin.
bool is_prose(const Lines& lines) {
  constexpr std::size_t words_min = 3;  // a line, on average
  int left = std::numeric_limits<int>::max();
  int right = 0;
  std::size_t word_count = 0;
  for (const RecognizedLine* line : lines) {
    left = std::min(left, line->box.x0);
    right = std::max(right, line->box.x1);
    word_count += line->words.size();
  }
  if (word_count < words_min * lines.size()) return false;
  const int near_right = right - (right - left) / 8;
  return are_mostly(lines, [&](const RecognizedLine& line) { return line.box.x1 >= near_right; });
}

enum class Likeness : std::uint8_t { None, Rows, Table };

/// How two neighbouring stacks stand to each other.
Likeness compare(const Stack& left, const Stack& right) {
  constexpr std::ptrdiff_t rows_min = 3;
  const auto range = common_rows(left, right);
  if (!range) return Likeness::None;
  const Lines left_lines = lines_within(left, *range);
  const Lines right_lines = lines_within(right, *range);
  const auto row_count = std::ranges::count_if(right_lines, [&](const RecognizedLine* line) {
    return std::ranges::any_of(left_lines, [&](const RecognizedLine* other) {
      return share_row(line->box, other->box) && other->box.x1 <= line->box.x0;
    });
  });
  const std::ptrdiff_t line_count = std::max(std::ssize(left_lines), std::ssize(right_lines));
  if (row_count < rows_min || row_count * 5 < line_count * 3) return Likeness::None;
  if (is_prose(left_lines) || is_prose(right_lines)) return Likeness::None;
  const bool is_table = are_mostly(left_lines, is_label) || are_mostly(left_lines, is_figure) ||
                        are_mostly(right_lines, is_figure);
  return is_table ? Likeness::Table : Likeness::Rows;
}

void add_to_rows(std::vector<RecognizedLine>& rows, RecognizedLine line) {
  for (RecognizedLine& row : rows) {
    if (!share_row(row.words.back().box, line.box) || row.box.x1 > line.box.x0) continue;
    row.box = unite(row.box, line.box);
    std::ranges::move(line.words, std::back_inserter(row.words));
    return;
  }
  const auto next = std::ranges::find_if(
      rows, [&](const RecognizedLine& row) { return row.box.y0 > line.box.y0; });
  rows.insert(next, std::move(line));
}

std::vector<RecognizedLine> take_lines(RecognizedBlock& block, Range range) {
  const auto is_outside = [&](const RecognizedLine& line) { return !range.holds(line.box); };
  const auto first = std::stable_partition(block.lines.begin(), block.lines.end(), is_outside);
  std::vector<RecognizedLine> taken(std::make_move_iterator(first),
                                    std::make_move_iterator(block.lines.end()));
  block.lines.erase(first, block.lines.end());
  return taken;
}

/// The rows that the stacks of a table have in common, from the topmost to the lowest.
Range rows_of(std::span<const Stack> stacks) {
  Range range{std::numeric_limits<int>::max(), std::numeric_limits<int>::min()};
  for (std::size_t i = 1; i < stacks.size(); ++i) {
    const auto pair = common_rows(stacks[i - 1], stacks[i]);
    if (!pair) continue;
    range = {std::min(range.top, pair->top), std::max(range.bottom, pair->bottom)};
  }
  return range;
}

/// Stacks side by side as one table, with what stands above and below it.
void append_table(std::vector<RecognizedBlock>& out, std::span<Stack> stacks) {
  const Range range = rows_of(stacks);
  std::vector<RecognizedLine> rows;
  std::vector<RecognizedBlock> rest;
  for (Stack& stack : stacks) {
    for (RecognizedBlock& block : stack.blocks) {
      for (RecognizedLine& line : take_lines(block, range)) add_to_rows(rows, std::move(line));
      if (!block.lines.empty()) rest.push_back(std::move(block));
    }
  }
  const auto is_above = [&](const RecognizedBlock& block) {
    return block.lines.front().box.y0 < range.top;
  };
  const auto below = std::stable_partition(rest.begin(), rest.end(), is_above);
  std::move(rest.begin(), below, std::back_inserter(out));
  PixelBox box = rows.front().box;
  for (const RecognizedLine& row : rows) box = unite(box, row.box);
  out.push_back({std::move(rows), box});
  std::move(below, rest.end(), std::back_inserter(out));
}

}  // namespace

std::vector<RecognizedBlock> join_rows(std::vector<RecognizedBlock> blocks) {
  std::vector<Stack> stacks = stack_up(std::move(blocks));
  std::vector<RecognizedBlock> out;
  for (std::size_t begin = 0; begin < stacks.size();) {
    std::size_t end = begin + 1;
    bool is_table = false;
    for (; end < stacks.size(); ++end) {
      const Likeness likeness = compare(stacks[end - 1], stacks[end]);
      if (likeness == Likeness::None) break;
      is_table = is_table || likeness == Likeness::Table;
    }
    const std::span<Stack> group = std::span(stacks).subspan(begin, end - begin);
    if (is_table) {
      append_table(out, group);
    } else {
      for (Stack& stack : group) std::ranges::move(stack.blocks, std::back_inserter(out));
    }
    begin = end;
  }
  return out;
}

}  // namespace civicum
