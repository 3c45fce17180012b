// SPDX-License-Identifier: GPL-3.0-or-later
#include "summary/candidates.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "summary/summary.h"
#include "summary/words.h"

namespace civicum {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t sentence_bytes_min = 30;
constexpr std::size_t sentence_bytes_max = 560;
constexpr std::uint32_t sentence_words_min = 5;
constexpr float confidence_min = 0.6F;

/// Verbs and nouns by which an act, a request or a finding is stated. Folded beginnings of words.
constexpr std::array cue_words{
    "acoge "sv,   "acord"sv,    "acuerd"sv, "adjudic"sv,   "aprueb"sv,  "aprob"sv,     "autoriz"sv,
    "certific"sv, "comunic"sv,  "conclu"sv, "conden"sv,    "declar"sv,  "denieg"sv,    "designa"sv,
    "dispon"sv,   "establec"sv, "fij"sv,    "finalidad"sv, "inform"sv,  "modific"sv,   "notific"sv,
    "objetivo"sv, "objeto"sv,   "orden"sv,  "otorg"sv,     "plazo"sv,   "proposito"sv, "rechaz"sv,
    "requier"sv,  "resuelv"sv,  "resolv"sv, "respond"sv,   "sancion"sv, "solicit"sv};

/// Sentences that open like this lean on the one before.
constexpr std::array leaning_openings{
    "sin embargo"sv,     "no obstante"sv, "ademas"sv, "asimismo"sv, "por otra parte"sv,
    "por lo anterior"sv, "lo anterior"sv, "esto "sv,  "ello "sv,    "este ultimo"sv,
    "esta ultima"sv,     "dicho "sv,      "dicha "sv, "tambien "sv, "en cambio"sv,
    "por ejemplo"sv,     "es decir"sv,    "y "sv,     "pero "sv,    "luego"sv};

constexpr std::array courtesies{"de mi consideracion"sv,
                                "de nuestra consideracion"sv,
                                "sin otro particular"sv,
                                "saluda atentamente"sv,
                                "saluda a usted"sv,
                                "saluda a ud"sv,
                                "atentamente"sv,
                                "anotese"sv,
                                "estimad"sv,
                                "le saluda"sv,
                                "se despide"sv,
                                "quedo atent"sv,
                                "distribucion"sv,
                                "firmado electronicamente"sv,
                                "documento firmado"sv};

template <typename Words>
bool begins_with_any(std::string_view folded, const Words& words) {
  return std::any_of(words.begin(), words.end(),
                     [folded](std::string_view word) { return folded.starts_with(word); });
}

bool has_cue(std::string_view folded) {
  for (std::size_t at = 0; at != folded.npos; at = folded.find(' ', at)) {
    if (folded[at] == ' ') ++at;
    if (begins_with_any(folded.substr(at), cue_words)) return true;
  }
  return false;
}

bool is_courtesy(std::string_view folded, std::uint32_t word_count) {
  constexpr std::uint32_t courtesy_words_max = 14;
  return word_count <= courtesy_words_max && begins_with_any(folded, courtesies);
}

float page_weight(std::uint32_t page_index) {
  if (page_index == 0) return 1.5F;
  return page_index == 1 ? 1.15F : 1.0F;
}

float length_weight(std::size_t size) {
  if (size < 60) return 0.8F;
  if (size <= 260) return 1.0F;
  return size <= 380 ? 0.8F : 0.55F;
}

/// A digit, a bullet, a footnote's mark.
bool starts_with_mark(std::string_view sentence) {
  constexpr std::array marks{"•"sv, "¹"sv, "²"sv, "³"sv, "⁴"sv, "⁵"sv, "-"sv, "*"sv};
  return (sentence.front() >= '0' && sentence.front() <= '9') || begins_with_any(sentence, marks);
}

float form_weight(std::string_view sentence, const TextFigures& figures) {
  float weight = 1;
  if (!ends_sentence(sentence)) weight *= sentence.ends_with(':') ? 0.35F : 0.6F;
  if (sentence.ends_with('?')) weight *= 0.5F;
  if (starts_lower(sentence) || starts_with_mark(sentence)) weight *= 0.4F;
  if (figures.upper_count * 5 > figures.letter_count * 4) weight *= 0.7F;
  if (figures.digit_count * 5 > figures.letter_count) weight *= 0.7F;
  return weight;
}

/// Spreads equals without chance: a bijective mix of the order (Stafford, variant 13).
std::uint64_t spread(std::uint32_t order) {
  std::uint64_t x = order + 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

bool is_better(const Candidate& a, const Candidate& b) {
  if (a.worth != b.worth) return a.worth > b.worth;
  return spread(a.order) < spread(b.order);
}

}  // namespace

bool is_readable(std::string_view text, std::optional<float> confidence) {
  if (confidence && *confidence < confidence_min) return false;
  const TextFigures figures = measure(text);
  if (figures.has_leader || figures.letter_count * 10 < figures.char_count * 6) return false;
  if (figures.digit_count * 3 > figures.letter_count) return false;
  if (figures.short_word_count * 3 > figures.word_count) return false;
  constexpr std::uint32_t word_letters_max = 25;
  if (figures.letter_count > figures.word_count * word_letters_max) return false;
  const bool is_latin = figures.latin_count * 5 > figures.letter_count * 4;
  const std::uint32_t vowels = figures.vowel_count * 100;
  return !is_latin || (vowels >= figures.latin_count * 30 && vowels <= figures.latin_count * 70);
}

float worth_of(std::string_view sentence, const SentencePlace& place) {
  if (sentence.size() > sentence_bytes_max || !is_readable(sentence, place.confidence)) return 0;
  const bool is_subject = place.origin == SentenceOrigin::Subject;
  const TextFigures figures = measure(sentence);
  if (!is_subject && sentence.size() < sentence_bytes_min) return 0;
  if (figures.word_count < (is_subject ? 3 : sentence_words_min)) return 0;
  const std::string folded = fold(sentence, sentence_bytes_max);
  if (is_courtesy(folded, figures.word_count)) return 0;
  float worth = page_weight(place.page_index) * length_weight(sentence.size());
  if (has_cue(folded)) worth *= 1.3F;
  if (begins_with_any(folded, leaning_openings)) worth *= 0.7F;
  if (is_subject) return worth * 2;
  if (place.is_first_of_paragraph) worth *= 1.15F;
  return worth * form_weight(sentence, figures);
}

void CandidateKeeper::offer(Candidate candidate) {
  if (heap_.size() >= summary_candidates_max) {
    if (!is_better(candidate, heap_.front())) return;
    std::pop_heap(heap_.begin(), heap_.end(), is_better);
    heap_.pop_back();
  }
  heap_.push_back(std::move(candidate));
  std::push_heap(heap_.begin(), heap_.end(), is_better);
}

std::vector<Candidate> CandidateKeeper::take() && {
  std::sort(heap_.begin(), heap_.end(),
            [](const Candidate& a, const Candidate& b) { return a.order < b.order; });
  return std::move(heap_);
}

}  // namespace civicum
