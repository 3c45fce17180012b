// SPDX-License-Identifier: GPL-3.0-or-later
#include "summary/words.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace civicum {
namespace {

using namespace std::string_view_literals;

constexpr char32_t malformed = 0xFFFD;

/// The code point at `i`, which moves behind it.
char32_t next_code_point(std::string_view text, std::size_t& i) {
  const auto lead = static_cast<std::uint8_t>(text[i++]);
  if (lead < 0x80) return lead;
  const int tail_count = lead < 0xC2 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : lead < 0xF5 ? 3 : 0;
  if (tail_count == 0) return malformed;
  char32_t c = lead & (0x3FU >> tail_count);
  for (int k = 0; k < tail_count; ++k) {
    if (i >= text.size() || (static_cast<std::uint8_t>(text[i]) & 0xC0U) != 0x80) return malformed;
    c = (c << 6) | (static_cast<std::uint8_t>(text[i++]) & 0x3FU);
  }
  return c;
}

bool is_space(char32_t c) { return c == ' ' || c == '\n' || c == '\t' || c == 0xA0; }
bool is_digit(char32_t c) { return c >= '0' && c <= '9'; }

bool is_letter(char32_t c) {
  if (c < 0x80) return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
  return u_isalpha(static_cast<UChar32>(c)) != 0;
}

/// U+00E0 to U+00FF without their accents; a space where there is no plain letter.
constexpr std::string_view latin1_plain = "aaaaaaaceeeeiiii nooooo ouuuuy y";
constexpr char32_t n_tilde = 0xF1;

/// Lower case without accent, but ñ stays a letter of its own.
char32_t fold(char32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 0x20 : c;
  if (c >= 0xC0 && c <= 0xDE && c != 0xD7) c += 0x20;
  if (c >= 0xE0 && c <= 0xFF) {
    const char plain = latin1_plain[c - 0xE0];
    return plain == ' ' || c == n_tilde ? c : static_cast<char32_t>(plain);
  }
  return c <= 0xFF ? c : static_cast<char32_t>(u_tolower(static_cast<UChar32>(c)));
}

bool is_upper(char32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z';
  return u_isupper(static_cast<UChar32>(c)) != 0;
}

bool is_vowel(char32_t folded) {
  return folded == 'a' || folded == 'e' || folded == 'i' || folded == 'o' || folded == 'u' ||
         folded == 'y';
}

bool is_latin(char32_t c) { return c < 0x250; }

/// Words of one letter that Spanish and English have.
bool is_word_by_itself(char32_t folded) { return is_vowel(folded) || is_digit(folded); }

/// Sorted, folded.
constexpr std::array stop_words{
    "ademas"sv,   "ahora"sv,  "algun"sv,  "alguna"sv,  "algunas"sv,   "algunos"sv,  "and"sv,
    "ante"sv,     "antes"sv,  "aquel"sv,  "aquella"sv, "are"sv,       "asi"sv,      "asimismo"sv,
    "aun"sv,      "aunque"sv, "bajo"sv,   "bien"sv,    "cada"sv,      "caso"sv,     "como"sv,
    "con"sv,      "contra"sv, "cual"sv,   "cuales"sv,  "cualquier"sv, "cuando"sv,   "cuanto"sv,
    "cuya"sv,     "cuyo"sv,   "debe"sv,   "del"sv,     "demas"sv,     "dentro"sv,   "desde"sv,
    "dicha"sv,    "dichas"sv, "dicho"sv,  "dichos"sv,  "donde"sv,     "dos"sv,      "durante"sv,
    "ella"sv,     "ellas"sv,  "ello"sv,   "ellos"sv,   "ena"sv,       "entre"sv,    "era"sv,
    "eran"sv,     "esa"sv,    "esas"sv,   "ese"sv,     "eso"sv,       "esos"sv,     "esta"sv,
    "estan"sv,    "estar"sv,  "estas"sv,  "este"sv,    "esto"sv,      "estos"sv,    "for"sv,
    "fue"sv,      "fueron"sv, "from"sv,   "fuera"sv,   "gran"sv,      "haber"sv,    "habia"sv,
    "hace"sv,     "hacer"sv,  "hacia"sv,  "han"sv,     "has"sv,       "hasta"sv,    "have"sv,
    "hay"sv,      "las"sv,    "los"sv,    "luego"sv,   "mas"sv,       "mediante"sv, "menos"sv,
    "mientras"sv, "misma"sv,  "mismas"sv, "mismo"sv,   "mismos"sv,    "mucho"sv,    "muy"sv,
    "nada"sv,     "nos"sv,    "not"sv,    "nuestra"sv, "nuestro"sv,   "otra"sv,     "otras"sv,
    "otro"sv,     "otros"sv,  "para"sv,   "pero"sv,    "poder"sv,     "por"sv,      "porque"sv,
    "pues"sv,     "puede"sv,  "pueden"sv, "que"sv,     "quien"sv,     "quienes"sv,  "sea"sv,
    "sean"sv,     "segun"sv,  "ser"sv,    "sera"sv,    "seran"sv,     "sido"sv,     "siendo"sv,
    "sin"sv,      "sino"sv,   "sobre"sv,  "solo"sv,    "son"sv,       "sus"sv,      "tal"sv,
    "tambien"sv,  "tan"sv,    "tanto"sv,  "tener"sv,   "that"sv,      "the"sv,      "this"sv,
    "tiene"sv,    "tienen"sv, "toda"sv,   "todas"sv,   "todo"sv,      "todos"sv,    "traves"sv,
    "tras"sv,     "una"sv,    "unas"sv,   "uno"sv,     "unos"sv,      "usted"sv,    "vez"sv,
    "was"sv,      "which"sv,  "with"sv,   "you"sv};

bool is_stop_word(std::string_view folded) {
  return std::binary_search(stop_words.begin(), stop_words.end(), folded);
}

/// A light stem: number, gender and a few derivations are taken off, so that "solicitudes" meets
/// "solicitud" and "otorgados" meets "otorgada".
std::string_view stem(std::string_view folded) {
  constexpr std::size_t size_min = 5;
  constexpr std::size_t size_max = 9;
  if (folded.size() > size_min + 4 && folded.ends_with("mente")) folded.remove_suffix(5);
  if (folded.size() > size_min && folded.ends_with("es")) {
    folded.remove_suffix(2);
  } else if (folded.size() > size_min - 1 && folded.ends_with('s')) {
    folded.remove_suffix(1);
  }
  if (folded.size() >= size_min &&
      (folded.ends_with('a') || folded.ends_with('o') || folded.ends_with('e'))) {
    folded.remove_suffix(1);
  }
  return cut_utf8(folded, size_max);
}

/// FNV-1a.
template <typename Hash>
Hash add_byte(Hash hash, std::uint8_t byte) {
  if constexpr (sizeof(Hash) == 4) return (hash ^ byte) * 16777619U;
  return static_cast<Hash>((hash ^ byte) * 1099511628211ULL);
}
constexpr std::uint32_t hash32_start = 2166136261U;
constexpr std::uint64_t hash64_start = 14695981039346656037ULL;

}  // namespace

TextFigures measure(std::string_view text) {
  TextFigures figures;
  std::uint32_t word_size = 0;
  std::uint32_t dots = 0;
  char32_t last = 0;
  const auto end_word = [&] {
    if (word_size > 0) ++figures.word_count;
    if (word_size == 1 && !is_word_by_itself(last)) ++figures.short_word_count;
    word_size = 0;
  };
  for (std::size_t i = 0; i < text.size();) {
    const char32_t c = next_code_point(text, i);
    if (is_space(c)) {
      end_word();
      continue;
    }
    ++word_size;
    ++figures.char_count;
    dots = c == '.' || c == '_' || c == 0xB7 ? dots + 1 : 0;
    if (dots >= 5) figures.has_leader = true;
    last = fold(c);
    if (is_digit(c)) ++figures.digit_count;
    if (!is_letter(c)) continue;
    ++figures.letter_count;
    if (is_upper(c)) ++figures.upper_count;
    if (!is_latin(c)) continue;
    ++figures.latin_count;
    if (is_vowel(last)) ++figures.vowel_count;
  }
  end_word();
  return figures;
}

std::vector<std::uint32_t> content_stems(std::string_view text) {
  constexpr std::size_t word_bytes_max = 64;
  std::vector<std::uint32_t> stems;
  std::string word;
  const auto end_word = [&] {
    if (word.size() >= 3 && !is_stop_word(word)) {
      std::uint32_t hash = hash32_start;
      for (const char c : stem(word)) hash = add_byte(hash, static_cast<std::uint8_t>(c));
      stems.push_back(hash);
    }
    word.clear();
  };
  for (std::size_t i = 0; i < text.size();) {
    const char32_t c = next_code_point(text, i);
    if (is_letter(c)) {
      if (word.size() < word_bytes_max) append_utf8(word, fold(c));
    } else {
      end_word();
    }
  }
  end_word();
  return stems;
}

std::uint64_t likeness_key(std::string_view line) {
  std::uint64_t hash = hash64_start;
  bool was_digit = false;
  bool is_empty = true;
  for (std::size_t i = 0; i < line.size();) {
    const char32_t c = fold(next_code_point(line, i));
    if (!is_digit(c) && !is_letter(c)) continue;
    is_empty = false;
    if (is_digit(c) && was_digit) continue;
    was_digit = is_digit(c);
    const char32_t seen = was_digit ? char32_t{'#'} : c;
    hash = add_byte(hash, static_cast<std::uint8_t>(seen));
    hash = add_byte(hash, static_cast<std::uint8_t>(seen >> 8));
  }
  return is_empty ? 0 : hash;
}

std::string fold(std::string_view text, std::size_t bytes_max) {
  std::string out;
  for (std::size_t i = 0; i < text.size() && out.size() < bytes_max;) {
    append_utf8(out, fold(next_code_point(text, i)));
  }
  return std::string(cut_utf8(out, bytes_max));
}

bool starts_lower(std::string_view text) {
  if (text.empty()) return false;
  std::size_t i = 0;
  const char32_t c = next_code_point(text, i);
  return is_letter(c) && !is_upper(c) && c != malformed;
}

bool ends_sentence(std::string_view text) {
  constexpr std::array closers{"\""sv, "'"sv, ")"sv, "]"sv, "»"sv, "”"sv, "’"sv};
  for (bool is_closed = true; is_closed;) {
    const auto closer = std::find_if(closers.begin(), closers.end(),
                                     [text](std::string_view c) { return text.ends_with(c); });
    is_closed = closer != closers.end();
    if (is_closed) text.remove_suffix(closer->size());
  }
  return text.ends_with('.') || text.ends_with('!') || text.ends_with('?') || text.ends_with("…");
}

}  // namespace civicum
