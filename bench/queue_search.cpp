// SPDX-License-Identifier: GPL-3.0-or-later
// The search of bench/queue: fills a store with pages and asks it, one mode a run, which answers
// with one line of JSON on stdout.
//
//   load STORE FIRST COUNT      documents of 250 pages, saved as a worker saves them
//   ask STORE PAGES WHAT COUNT  COUNT searches, twice over: `first` and `again`; WHAT is
//     rare      1 to 3 words, each in at most 5 % of the pages, or codes
//     common    1 to 3 words, each in more pages than that
//     phrase    2 to 4 words in a row, whatever they are, in quotation marks
//
// The pages are the same in every run: 300 words that look Spanish, the word of rank n about as
// often as 1/n (Zipf), and the numbers of an official letter. What is asked for stands in one of
// them, so that every search has a hit; one without is a failure.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <random>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "driver.h"
#include "store/search.h"
#include "store/search_words.h"
#include "store/spanish_stem.h"
#include "store/store.h"

using namespace civicum;
using driver::give_up;
using driver::Mode;
using driver::must;
using driver::number_of;

namespace {

using Random = std::mt19937_64;  // the standard says its numbers

constexpr std::size_t vocabulary_size = 60'000;
constexpr std::size_t short_words = 150;  ///< of one or two syllables
constexpr std::size_t page_words = 300;
constexpr std::size_t line_words = 12;
constexpr std::uint32_t document_pages = 250;
constexpr std::uint32_t batch_pages = 50;
constexpr std::size_t rare_parts = 20;  ///< of the pages, one: 5 %
constexpr std::uint32_t hits_wanted = 20;

template <std::size_t Size>
std::string one_of(const std::array<const char*, Size>& choices, Random& random) {
  return choices[random() % Size];
}

std::string syllable(Random& random) {
  constexpr std::array onsets = {"b", "c", "ch", "d", "f",  "g",  "j", "l", "ll", "m",  "n",  "ñ",
                                 "p", "r", "s",  "t", "tr", "pr", "v", "z", "gr", "cl", "br", "h"};
  constexpr std::array vowels = {"a", "e", "i", "o", "u", "a", "e", "o", "á", "ó", "ia", "ue"};
  constexpr std::array codas = {"", "", "", "", "n", "r", "s", "l"};
  return one_of(onsets, random) + one_of(vowels, random) + one_of(codas, random);
}

std::string make_word(std::size_t rank, Random& random) {
  constexpr std::array endings = {"", "", "", "s", "ción", "mente", "ado", "idad", "es", "aría"};
  const bool is_short = rank < short_words;
  const std::size_t syllables = is_short ? 1 + random() % 2 : 2 + random() % 3;
  std::string word;
  for (std::size_t i = 0; i < syllables; ++i) word += syllable(random);
  return is_short ? word : word + one_of(endings, random);
}

/// Words by rank, and which of them are one to the search.
class Vocabulary {
 public:
  Vocabulary() {
    Random random(1);
    SpanishStemmer stemmer;
    std::set<std::string> known;
    std::unordered_map<std::string, std::uint32_t> stem_numbers;
    double sum = 0;
    while (words_.size() < vocabulary_size) {
      const std::string word = make_word(words_.size(), random);
      if (!known.insert(word).second) continue;
      const std::string form = must_form(word);
      const auto number = static_cast<std::uint32_t>(stem_numbers.size());
      stems_.push_back(stem_numbers.emplace(stemmer.stem(form), number).first->second);
      words_.push_back(word);
      sum += 1.0 / static_cast<double>(words_.size());
      cumulative_.push_back(sum);
    }
    stem_count_ = stem_numbers.size();
  }

  const std::string& word(std::uint32_t rank) const { return words_[rank]; }
  std::uint32_t stem(std::uint32_t rank) const { return stems_[rank]; }
  std::size_t stem_count() const { return stem_count_; }
  std::uint32_t draw(Random& random) const {
    const double at = static_cast<double>(random() >> 11) * 0x1p-53 * cumulative_.back();
    const auto found = std::lower_bound(cumulative_.begin(), cumulative_.end(), at);
    return static_cast<std::uint32_t>(found - cumulative_.begin());
  }

 private:
  static std::string must_form(const std::string& word) {
    const std::vector<TextWord> words = split_words(word, 2);
    if (words.size() != 1) give_up("not one word: " + word);
    return words.front().form;
  }

  std::vector<std::string> words_;
  std::vector<std::uint32_t> stems_;
  std::vector<double> cumulative_;
  std::size_t stem_count_ = 0;
};

/// A page by its number: words, and the codes at its head.
struct Page {
  std::vector<std::uint32_t> words;
  std::string rut;
  std::string folio;
  std::string amount;
};

Page make_page(std::uint32_t number, const Vocabulary& vocabulary) {
  Random random(number + 1);
  Page page;
  for (std::size_t i = 0; i < page_words; ++i) page.words.push_back(vocabulary.draw(random));
  const auto part = [&random] { return random() % 900 + 100; };
  page.rut = fmt::format("{}.{}.{}-{}", random() % 25 + 1, part(), part(), random() % 10);
  page.folio = fmt::format("{}/{}", number + 1, 2000 + random() % 25);
  page.amount = fmt::format("{}.{}", part(), part());
  return page;
}

PageText text_of(const Page& page, const Vocabulary& vocabulary) {
  PageText content;
  std::size_t count = 0;
  const auto append = [&](const std::string& word) {
    if (count > 0) content.text += count % line_words == 0 ? '\n' : ' ';
    const auto begin = static_cast<std::uint32_t>(content.text.size());
    content.text += word;
    const auto column = static_cast<float>(count % line_words);
    const std::size_t lines_before = count / line_words;
    const auto line = static_cast<float>(lines_before);
    const Box box{50 + 40 * column, 60 + 14 * line, 85 + 40 * column, 72 + 14 * line};
    content.words.push_back({begin, static_cast<std::uint32_t>(content.text.size()), box, 0.9F});
    ++count;
  };
  for (const std::string& word : {std::string("Folio"), page.folio, std::string("RUT"), page.rut,
                                  std::string("$"), page.amount}) {
    append(word);
  }
  for (const std::uint32_t rank : page.words) append(vocabulary.word(rank));
  return content;
}

/// What a worker keeps of a page when it has been read.
struct SavedPage {
  StoredPage page;
  std::string outcome;
  IndexedPage indexed;
};

SavedPage saved_page(std::uint32_t number, const Vocabulary& vocabulary) {
  PageReading reading;
  reading.engine = "tesseract 5.3.0 spa";
  reading.content = text_of(make_page(number, vocabulary), vocabulary);
  SavedPage saved{{std::move(reading), 1, "netns+landlock+seccomp", {mib(512), 20}}, {}, {}};
  saved.outcome = encode_outcome(saved.page);
  saved.indexed = index_of(saved.page);
  return saved;
}

/// One job's effects, as one transaction.
void run_as_job(Jobs jobs, const std::vector<SqlCall>& writes) {
  NewJob job;
  job.kind = "load";
  (void)must(jobs.enqueue(std::span(&job, 1)));
  const std::vector<ClaimedJob> claimed = must(jobs.claim({"load", 1, "bench"}));
  const Hold hold = must(jobs.complete(claimed.at(0).lease, {writes, {}}, Durability::Relaxed));
  if (hold != Hold::Held) give_up("a lease was lost");
}

void load_pages(Store& store, DocumentId id, std::uint32_t first, const Vocabulary& vocabulary) {
  for (std::uint32_t begin = 0; begin < document_pages; begin += batch_pages) {
    std::vector<SavedPage> pages;
    for (std::uint32_t i = begin; i < begin + batch_pages; ++i) {
      pages.push_back(saved_page(first + i, vocabulary));
    }
    std::vector<SqlCall> writes;
    for (std::uint32_t i = 0; i < batch_pages; ++i) {
      writes.push_back(save_page_call(id, begin + i, pages[i].page, pages[i].outcome));
      writes.push_back(index_page_call(id, begin + i, pages[i].indexed));
    }
    run_as_job(store.jobs(), writes);
  }
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void run_load(const std::vector<std::string>& words) {
  const Vocabulary vocabulary;
  Store store = must(Store::open(words[0], ""));
  Documents documents = store.documents();
  const auto begin = std::chrono::steady_clock::now();
  const std::uint32_t first = number_of(words[1]) - 1;
  std::uint32_t count = 0;
  for (; count < number_of(words[2]); count += document_pages) {
    const std::string name = fmt::format("oficio-{:06}", first + count);
    const DocumentId id = must(documents.find_or_add({name, "", name + ".pdf", 1000})).id;
    (void)must(documents.save_opened(id, {DocumentType::Pdf, document_pages}));
    load_pages(store, id, first + count, vocabulary);
    (void)must(documents.write(end_document_call(id)));
  }
  fmt::print("{{\"seconds\": {:.1f}, \"count\": {}}}\n", seconds_since(begin), count);
}

/// In how many pages each stem stands.
std::vector<std::uint32_t> page_counts(std::uint32_t count, const Vocabulary& vocabulary) {
  std::vector<std::uint32_t> counts(vocabulary.stem_count());
  std::vector<std::uint32_t> seen(vocabulary.stem_count(), count);
  for (std::uint32_t number = 0; number < count; ++number) {
    for (const std::uint32_t rank : make_page(number, vocabulary).words) {
      const std::uint32_t stem = vocabulary.stem(rank);
      if (seen[stem] != number) ++counts[stem];
      seen[stem] = number;
    }
  }
  return counts;
}

enum class Asked : std::uint8_t { Rare, Common, Phrase };

class Questions {
 public:
  Questions(std::uint32_t page_count, Asked asked)
      : page_count_(page_count), asked_(asked), counts_(page_counts(page_count, vocabulary_)) {}

  std::string next() {
    const Page page = make_page(static_cast<std::uint32_t>(random_() % page_count_), vocabulary_);
    if (asked_ == Asked::Phrase) return phrase_of(page);
    std::string text;
    const std::size_t count = 1 + random_() % 3;
    for (std::size_t i = 0; i < count; ++i) text += (i > 0 ? " " : "") + word_of(page);
    return text;
  }

 private:
  std::string phrase_of(const Page& page) {
    const std::size_t count = 2 + random_() % 3;
    const std::size_t begin = random_() % (page.words.size() - count);
    std::string text;
    for (std::size_t i = begin; i < begin + count; ++i) {
      text += (i > begin ? " " : "") + vocabulary_.word(page.words[i]);
    }
    return "\"" + text + "\"";
  }

  /// One in ten of the rare ones is a code.
  std::string word_of(const Page& page) {
    if (asked_ == Asked::Rare && random_() % 10 == 0) {
      return random_() % 2 == 0 ? page.rut : page.folio;
    }
    while (true) {
      const std::uint32_t rank = page.words[random_() % page.words.size()];
      const bool is_rare = counts_[vocabulary_.stem(rank)] <= page_count_ / rare_parts;
      if (is_rare == (asked_ == Asked::Rare)) return vocabulary_.word(rank);
    }
  }

  std::uint32_t page_count_;
  Asked asked_;
  Vocabulary vocabulary_;
  std::vector<std::uint32_t> counts_;
  Random random_{7};
};

std::string timed_round(Search search, const std::vector<std::string>& questions) {
  std::vector<double> all;
  std::size_t limited = 0;
  std::size_t full = 0;
  for (const std::string& question : questions) {
    const auto begin = std::chrono::steady_clock::now();
    const SearchResult result = must(search.find({question, hits_wanted, {}}));
    all.push_back(seconds_since(begin) * 1000);
    if (result.hits.empty()) give_up("nothing found: " + question);
    if (result.is_limited) ++limited;
    if (result.hits.size() == hits_wanted) ++full;
  }
  std::sort(all.begin(), all.end());
  const auto at = [&all](std::size_t percent) { return all[(all.size() - 1) * percent / 100]; };
  return fmt::format(
      R"({{"p50_ms": {:.2f}, "p95_ms": {:.2f}, "max_ms": {:.2f}, "limited": {}, "full": {}}})",
      at(50), at(95), all.back(), limited, full);
}

void run_ask(const std::vector<std::string>& words) {
  constexpr std::array names = {"rare", "common", "phrase"};
  const auto* const name = std::find(names.begin(), names.end(), words[2]);
  if (name == names.end()) give_up("not to be asked: " + words[2]);
  Questions questions(number_of(words[1]), static_cast<Asked>(name - names.begin()));
  std::vector<std::string> texts;
  for (std::uint32_t i = 0; i < number_of(words[3]); ++i) texts.push_back(questions.next());
  Store store = must(Store::open(words[0], ""));
  const std::string first = timed_round(store.search(), texts);
  const std::string again = timed_round(store.search(), texts);
  fmt::print("{{\"first\": {}, \"again\": {}}}\n", first, again);
}

constexpr std::array modes = {Mode{"load", "STORE FIRST COUNT", 3, run_load},
                              Mode{"ask", "STORE PAGES rare|common|phrase COUNT", 4, run_ask}};

}  // namespace

int main(int argc, char** argv) { return driver::run_mode(modes, argc, argv); }
