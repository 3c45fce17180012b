// SPDX-License-Identifier: GPL-3.0-or-later
#include "ocr/mail_words.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace civicum {
namespace {

constexpr std::size_t address_size_min = 7;
constexpr std::size_t words_before_max = 2;
/// Spaces that one model sees and the other does not, letters taken for two.
constexpr std::size_t size_difference_max = 6;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lowered(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

/// Without the brackets and marks around it.
std::string_view trimmed(std::string_view text) {
  constexpr std::string_view marks = "()[]<>{}.,;:\"'";
  const std::size_t begin = text.find_first_not_of(marks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(marks) - begin + 1);
}

bool ends_like_a_host(std::string_view text) {
  constexpr auto tops = std::to_array<std::string_view>(
      {".cl", ".com", ".org", ".net", ".es", ".edu", ".gov", ".info", ".mil"});
  return std::ranges::any_of(tops, [text](std::string_view top) { return text.ends_with(top); });
}

bool is_suspect(std::string_view word) {
  const std::string text = lowered(trimmed(word));
  return text.size() >= address_size_min && text.find('@') == std::string::npos &&
         text.find('/') == std::string::npos && !text.starts_with("www.") && ends_like_a_host(text);
}

PixelBox box_to_read(const RecognizedLine& line, std::size_t word) {
  const std::size_t first = word - std::min(word, words_before_max);
  PixelBox box = line.words[word].box;
  for (std::size_t i = first; i < word; ++i) box = unite(box, line.words[i].box);
  const int margin = std::max(4, box.height() / 3);
  return {box.x0 - margin, box.y0 - margin, box.x1 + margin, box.y1 + margin};
}

bool is_centred_in(const PixelBox& box, const PixelBox& range) {
  const int centre = box.x0 + box.width() / 2;
  return centre >= range.x0 && centre < range.x1;
}

bool is_address_char(char c) {
  constexpr std::string_view marks = "@._%+-";
  const char small = lower(c);
  return (small >= 'a' && small <= 'z') || (c >= '0' && c <= '9') ||
         marks.find(c) != std::string_view::npos;
}

bool is_address(std::string_view text) {
  const std::string_view bare = trimmed(text);
  const std::size_t at = bare.find('@');
  return at != std::string_view::npos && at > 0 && bare.find('@', at + 1) == bare.npos &&
         std::ranges::all_of(bare, is_address_char) && ends_like_a_host(lowered(bare));
}

/// The word with the "@", joined with what was torn from it: its other side, and whatever stands
/// where the suspect stood.
RecognizedWord join_address(const std::vector<RecognizedWord>& reading, std::size_t at,
                            const PixelBox& suspect) {
  std::size_t first = at;
  std::size_t last = at;
  if (reading[at].text.front() == '@' && first > 0) --first;
  if (reading[at].text.back() == '@' && last + 1 < reading.size()) ++last;
  while (first > 0 && is_centred_in(reading[first - 1].box, suspect)) --first;
  while (last + 1 < reading.size() && is_centred_in(reading[last + 1].box, suspect)) ++last;
  RecognizedWord address = reading[first];
  for (std::size_t i = first + 1; i <= last; ++i) {
    address.text += reading[i].text;
    address.box = unite(address.box, reading[i].box);
    address.confidence = std::min(address.confidence, reading[i].confidence);
  }
  return address;
}

/// Those of the line at `place`.
void append_suspects(std::vector<MailSuspect>& suspects, const std::vector<RecognizedBlock>& blocks,
                     MailSuspect place) {
  const RecognizedLine& line = blocks[place.block].lines[place.line];
  for (place.word = 0; place.word < line.words.size(); ++place.word) {
    if (suspects.size() == mail_suspects_max) return;
    if (!is_suspect(line.words[place.word].text)) continue;
    place.box = box_to_read(line, place.word);
    suspects.push_back(place);
  }
}

}  // namespace

std::vector<MailSuspect> find_mail_suspects(const std::vector<RecognizedBlock>& blocks) {
  std::vector<MailSuspect> suspects;
  for (std::size_t block = 0; block < blocks.size(); ++block) {
    for (std::size_t line = 0; line < blocks[block].lines.size(); ++line) {
      append_suspects(suspects, blocks, {block, line, 0, {}});
    }
  }
  return suspects;
}

void adopt_mail_address(RecognizedLine& line, std::size_t suspect,
                        const std::vector<RecognizedWord>& reading) {
  const auto has_at = [](const RecognizedWord& word) {
    return word.text.find('@') != std::string::npos;
  };
  const auto found = std::ranges::find_if(reading, has_at);
  if (found == reading.end()) return;
  const auto at = static_cast<std::size_t>(found - reading.begin());
  RecognizedWord address = join_address(reading, at, line.words[suspect].box);
  if (!is_address(address.text)) return;
  std::size_t first = suspect;
  std::size_t size = line.words[suspect].text.size();
  while (first > 0 && is_centred_in(line.words[first - 1].box, address.box)) {
    size += line.words[--first].text.size();
  }
  const std::size_t difference =
      std::max(size, address.text.size()) - std::min(size, address.text.size());
  if (difference > size_difference_max) return;
  const auto begin = line.words.begin();
  line.words[first] = std::move(address);
  line.words.erase(begin + static_cast<std::ptrdiff_t>(first) + 1,
                   begin + static_cast<std::ptrdiff_t>(suspect) + 1);
}

}  // namespace civicum
