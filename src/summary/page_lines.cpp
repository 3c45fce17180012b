// SPDX-License-Identifier: GPL-3.0-or-later
#include "summary/page_lines.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "summary/words.h"

namespace civicum {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t edge_lines_max = 3;
constexpr std::size_t edge_line_bytes_max = 200;
constexpr std::size_t seen_lines_max = 8192;
constexpr std::size_t heading_bytes_max = 100;
constexpr std::uint32_t heading_words_max = 12;
constexpr std::size_t label_bytes_max = 28;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The mean confidence of the words inside the line; `word_index` moves on.
std::optional<float> confidence_of(const Line& line, const std::vector<Word>& words,
                                   std::size_t& word_index) {
  float sum = 0;
  std::uint32_t count = 0;
  for (; word_index < words.size() && words[word_index].begin < line.end; ++word_index) {
    const Word& word = words[word_index];
    if (!word.confidence || word.begin < line.begin) continue;
    sum += *word.confidence;
    ++count;
  }
  if (count == 0) return std::nullopt;
  return sum / static_cast<float>(count);
}

/// "1.", "2.3", "IV.", "a)" before a heading's words.
bool starts_with_number(std::string_view line) {
  const std::string_view head = line.substr(0, line.find(' '));
  if (head.size() == line.size() || head.size() > 8) return false;
  if (is_digit(head.front())) return head.find_first_not_of("0123456789.)-") == head.npos;
  const bool is_marked = head.ends_with('.') || head.ends_with(')') || head.ends_with(".-");
  return is_marked && head.find_first_not_of("IVXLCDM.)-") == head.npos;
}

bool is_mostly_upper(const TextFigures& figures) {
  return figures.letter_count >= 4 && figures.upper_count * 5 >= figures.letter_count * 4;
}

bool is_row(const TextFigures& figures) {
  return figures.letter_count == 0 || figures.has_leader ||
         figures.digit_count * 2 > figures.letter_count + figures.digit_count ||
         figures.letter_count * 2 < figures.char_count;
}

/// "DE : …", "Fecha: …": a form's label, in capitals or at the start of a block of its own.
bool is_labelled(std::string_view line, bool is_alone) {
  const std::size_t colon = line.substr(0, label_bytes_max).find(':');
  if (colon == line.npos || colon == 0) return false;
  const TextFigures label = measure(line.substr(0, colon));
  if (label.word_count > 3 || label.letter_count == 0) return false;
  return label.upper_count == label.letter_count || (is_alone && line.size() < heading_bytes_max);
}

std::size_t block_line_count(const PageLines& page, std::size_t i) {
  const std::uint32_t block = page.lines[i].block_index;
  std::size_t first = i;
  while (first > 0 && page.lines[first - 1].block_index == block) --first;
  std::size_t count = 0;
  while (count < 8 && first + count < page.lines.size() &&
         page.lines[first + count].block_index == block) {
    ++count;
  }
  return count;
}

/// A first line that ends early, where the next one begins anew: a title without space below.
bool is_short_before_paragraph(const PageLines& page, std::size_t i) {
  if (!page.starts_block(i) || page.ends_block(i)) return false;
  const std::string_view line = page.text_of(page.lines[i]);
  const std::string_view next = page.text_of(page.lines[i + 1]);
  return !starts_lower(line) && !starts_lower(next) && line.size() * 5 < next.size() * 3;
}

bool is_heading(const PageLines& page, std::size_t i, const TextFigures& figures) {
  const std::string_view line = page.text_of(page.lines[i]);
  if (line.size() > heading_bytes_max || figures.word_count > heading_words_max) return false;
  const bool is_alone = page.starts_block(i) && page.ends_block(i);
  if (is_mostly_upper(figures) && (block_line_count(page, i) <= 3 || page.starts_block(i))) {
    return true;
  }
  if (ends_sentence(line) || line.ends_with(',') || line.ends_with(';')) return false;
  if (is_alone && starts_with_number(line)) return true;
  if (is_short_before_paragraph(page, i)) return true;
  return is_alone && figures.word_count <= 8 && !starts_lower(line);
}

}  // namespace

PageLines split_lines(std::uint32_t page_index, const PageText& page) {
  PageLines out;
  out.page_index = page_index;
  out.text = cut_utf8(page.text, summary_page_bytes_max);
  std::uint32_t block_index = 0;
  std::size_t word_index = 0;
  for (std::size_t start = 0; start < out.text.size();) {
    const std::size_t stop = std::min(out.text.find('\n', start), out.text.size());
    std::size_t begin = start;
    std::size_t end = stop;
    while (begin < end && is_space(out.text[begin])) ++begin;
    while (begin < end && is_space(out.text[end - 1])) --end;
    start = stop + 1;
    if (begin == end) {
      ++block_index;
      continue;
    }
    Line line{static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end), block_index, {}};
    line.confidence = confidence_of(line, page.words, word_index);
    out.lines.push_back(line);
  }
  return out;
}

std::string_view subject_of(std::string_view line) {
  constexpr std::array labels{"mat"sv,        "materia"sv, "ref"sv,
                              "referencia"sv, "asunto"sv,  "objeto"sv};
  const std::size_t colon = line.substr(0, label_bytes_max).find(':');
  if (colon == line.npos) return {};
  std::string label = fold(line.substr(0, colon), label_bytes_max);
  while (!label.empty() && (label.back() == ' ' || label.back() == '.')) label.pop_back();
  if (std::find(labels.begin(), labels.end(), label) == labels.end()) return {};
  std::string_view subject = line.substr(colon + 1);
  while (!subject.empty() && is_space(subject.front())) subject.remove_prefix(1);
  return subject;
}

LineKind classify(const PageLines& page, std::size_t line_index) {
  const std::string_view line = page.text_of(page.lines[line_index]);
  if (!subject_of(line).empty()) return LineKind::Subject;
  const TextFigures figures = measure(line);
  const bool is_alone = page.starts_block(line_index) && page.ends_block(line_index);
  if (is_row(figures) && (is_alone || figures.word_count != 1)) return LineKind::Row;
  if (is_labelled(line, is_alone)) return LineKind::Row;
  return is_heading(page, line_index, figures) ? LineKind::Heading : LineKind::Prose;
}

void EdgeLines::note(const PageLines& page) {
  const std::size_t count = page.lines.size();
  const std::size_t edge = std::min(edge_lines_max, count / 4 + 1);
  for (std::size_t i = 0; i < count; ++i) {
    if (i < edge || i + edge >= count) note(page.text_of(page.lines[i]), page.page_index);
  }
}

void EdgeLines::note(std::string_view line, std::uint32_t page_index) {
  if (line.size() > edge_line_bytes_max) return;
  const std::uint64_t key = likeness_key(line);
  if (key == 0) return;
  if (seen_.size() >= seen_lines_max) forget_single_lines();
  const auto [at, is_new] = seen_.try_emplace(key, Seen{page_index, 1});
  if (is_new || at->second.last_page == page_index) return;
  at->second = {page_index, at->second.page_count + 1};
}

void EdgeLines::forget_single_lines() {
  std::erase_if(seen_, [](const auto& entry) { return entry.second.page_count == 1; });
  if (seen_.size() >= seen_lines_max) seen_.clear();
}

bool EdgeLines::is_repeated(std::string_view line) const {
  if (line.size() > edge_line_bytes_max) return false;
  const auto at = seen_.find(likeness_key(line));
  return at != seen_.end() && at->second.page_count > 1;
}

}  // namespace civicum
