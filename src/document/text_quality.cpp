// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/text_quality.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "document/code_points.h"

namespace civicum {
namespace {

/// Lower case, sorted; letters with accents are folded, so "más" is "mas".
constexpr auto stop_words = std::to_array<std::string_view>(
    {"a",     "al",     "an",   "and",     "are",   "as",    "at",   "be",  "but", "by",    "como",
     "con",   "cuando", "de",   "del",     "desde", "donde", "e",    "el",  "en",  "entre", "es",
     "esta",  "este",   "for",  "from",    "ha",    "hasta", "have", "i",   "in",  "is",    "it",
     "la",    "las",    "le",   "lo",      "los",   "mas",   "muy",  "no",  "not", "o",     "of",
     "on",    "or",     "para", "pero",    "por",   "que",   "se",   "ser", "si",  "sin",   "sobre",
     "son",   "su",     "sus",  "tambien", "that",  "the",   "this", "to",  "un",  "una",   "was",
     "which", "will",   "with", "y",       "ya",    "you"});

constexpr std::size_t stop_word_size_max = 8;

/// The unaccented lower-case letter of a Latin letter, or 0: 'a' for U+00C1.
char fold(char32_t c) {
  if (c >= U'a' && c <= U'z') return static_cast<char>(c);
  if (c >= U'A' && c <= U'Z') return static_cast<char>(c - U'A' + U'a');
  if (c < 0xC0 || c > 0xFF) return 0;
  // U+00C0 to U+00DF; U+00E0 to U+00FF repeat them in lower case. Not a letter: a space.
  constexpr std::string_view latin1 = "aaaaaaaceeeeiiiidnooooo ouuuuyts";
  const char letter = latin1[(c - 0xC0) % 0x20];
  return letter == ' ' ? '\0' : letter;
}

bool is_vowel(char folded) {
  constexpr std::string_view vowels = "aeiou";
  return vowels.find(folded) != std::string_view::npos;
}

struct Tally {
  std::uint32_t letters = 0;
  std::uint32_t vowels = 0;
  std::uint32_t words = 0;
  std::uint32_t stop_words = 0;
};

void count_word(std::string_view word, Tally& tally) {
  std::string folded;
  for_each_code_point(word, [&](char32_t c) {
    const char letter = fold(c);
    if (letter == 0) return;
    ++tally.letters;
    if (is_vowel(letter)) ++tally.vowels;
    if (folded.size() <= stop_word_size_max) folded += letter;
  });
  if (folded.empty()) return;
  ++tally.words;
  if (std::binary_search(stop_words.begin(), stop_words.end(), folded)) ++tally.stop_words;
}

}  // namespace

TextQuality assess_text(const PageText& text) {
  Tally tally;
  const std::string_view all = text.text;
  for (const Word& word : text.words)
    count_word(all.substr(word.begin, word.end - word.begin), tally);
  TextQuality quality;
  quality.letter_count = tally.letters;
  if (tally.letters > 0) quality.vowel_share = static_cast<double>(tally.vowels) / tally.letters;
  if (tally.words > 0) quality.stop_word_rate = static_cast<double>(tally.stop_words) / tally.words;
  return quality;
}

}  // namespace civicum
