// SPDX-License-Identifier: GPL-3.0-or-later
#include "summary/summary.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <span>

#include "base/text.h"
#include "summary/candidates.h"
#include "summary/page_lines.h"
#include "summary/paragraphs.h"
#include "summary/ranking.h"
#include "summary/sentences.h"
#include "summary/words.h"

namespace civicum {
namespace {

/// A page is read once this many after it are known: headers of left and right pages differ.
constexpr std::size_t pages_held = 2;
/// Up to here every page is read for sentences; beyond, every second, then every fourth …, so that
/// 5,000 pages cost little more than 500.
constexpr std::uint32_t dense_pages = 128;
constexpr std::size_t opening_bytes_max = 300;
constexpr float likeness_max = 0.55F;
constexpr float novelty_share = 0.35F;

bool is_sampled(std::uint32_t page_index) {
  std::uint32_t stride = 1;
  for (std::uint32_t bound = dense_pages; page_index >= bound && stride < (1U << 20); bound *= 2) {
    stride *= 2;
  }
  return page_index % stride == 0;
}

struct Choice {
  std::size_t index = 0;
  float score = 0;
};

/// Of one page, so that the first page of a long document is not all of its summary.
std::size_t sentences_of_page_max(std::uint32_t page_count) { return page_count < 10 ? 5 : 2; }

std::size_t sentences_wanted(std::uint32_t page_count) {
  if (page_count <= 2) return 3;
  return page_count < 10 ? 4 : 5;
}

/// Greedy, best first; each choice lowers what is like it (maximal marginal relevance).
std::vector<std::size_t> choose(std::span<const Candidate> candidates,
                                std::span<const StemVector> vectors, std::uint32_t page_count) {
  const std::size_t wanted = sentences_wanted(page_count);
  std::map<std::uint32_t, std::size_t> page_use;
  const std::vector<float> ranks = rank_by_likeness(vectors);
  std::vector<Choice> open;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    open.push_back({i, (0.3F + ranks[i]) * candidates[i].worth});
  }
  std::vector<std::size_t> chosen;
  std::size_t length_left = summary_length_max;
  while (chosen.size() < wanted && !open.empty()) {
    const auto best = std::max_element(open.begin(), open.end(), [](Choice a, Choice b) {
      return a.score < b.score || (a.score == b.score && a.index > b.index);
    });
    const std::size_t index = best->index;
    open.erase(best);
    const std::size_t length = count_code_points(candidates[index].text) + 2;
    if (length > length_left && !chosen.empty()) continue;
    chosen.push_back(index);
    const std::uint32_t page = candidates[index].first_page;
    const bool is_page_used_up = ++page_use[page] >= sentences_of_page_max(page_count);
    length_left -= std::min(length, length_left);
    std::erase_if(open, [&](Choice& other) {
      const float likeness = cosine(vectors[index], vectors[other.index]);
      other.score *= 1 - novelty_share * likeness;
      const bool is_page_closed = is_page_used_up && candidates[other.index].first_page == page;
      return likeness > likeness_max || is_page_closed;
    });
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

Summary compose(std::span<const Candidate> candidates, std::span<const std::size_t> chosen) {
  Summary summary;
  std::set<std::uint32_t> pages;
  for (const std::size_t index : chosen) {
    const Candidate& sentence = candidates[index];
    if (!summary.text.empty()) summary.text += ' ';
    summary.text += sentence.text;
    if (!ends_sentence(sentence.text) && !sentence.text.ends_with(':')) summary.text += '.';
    pages.insert(sentence.first_page + 1);
    pages.insert(sentence.last_page + 1);
  }
  summary.pages.assign(pages.begin(), pages.end());
  return summary;
}

/// At most `bytes_max`, ended at a word's end.
std::string shorten(const std::string& text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::string_view cut = cut_utf8(text, bytes_max);
  const std::size_t space = cut.rfind(' ');
  if (space != cut.npos && space > bytes_max / 2) cut = cut.substr(0, space);
  return std::string(cut) + "…";
}

}  // namespace

class Summarizer::Impl {
 public:
  void add_page(std::uint32_t page_index, const PageText& page) {
    held_.push_back(split_lines(page_index, page));
    ++page_count_;
    edges_.note(held_.back());
    if (held_.size() <= pages_held) return;
    if (is_sampled(held_.front().page_index)) {
      read(held_.front());
    } else {
      end_paragraph();
    }
    held_.pop_front();
  }

  Summary finish() {
    for (const PageLines& page : held_) read(page);
    end_paragraph();
    const std::vector<Candidate> candidates = std::move(keeper_).take();
    if (candidates.empty()) return opening();
    std::vector<std::vector<std::uint32_t>> stems;
    stems.reserve(candidates.size());
    for (const Candidate& candidate : candidates) stems.push_back(content_stems(candidate.text));
    const std::vector<StemVector> vectors = weigh_stems(stems);
    return compose(candidates, choose(candidates, vectors, page_count_));
  }

 private:
  void read(const PageLines& page) {
    for (std::size_t i = 0; i < page.lines.size(); ++i) {
      const std::string_view line = page.text_of(page.lines[i]);
      if (edges_.is_repeated(line)) continue;
      read_line(page, i, classify(page, i));
    }
  }

  void read_line(const PageLines& page, std::size_t i, LineKind kind) {
    const Line& line = page.lines[i];
    const std::string_view text = page.text_of(line);
    const Paragraph::Piece piece{0, page.page_index, line.confidence};
    switch (kind) {
      case LineKind::Row:
        return end_paragraph();
      case LineKind::Heading:
        end_paragraph();
        return note_opening(text, page.page_index, line.confidence);
      case LineKind::Subject:
        end_paragraph();
        paragraph_.origin = SentenceOrigin::Subject;
        return paragraph_.append(subject_of(text), piece);
      case LineKind::Prose:
        break;
    }
    const bool is_apart = i == 0 || page.starts_block(i);
    if ((is_apart && !paragraph_.goes_on_with(text)) ||
        paragraph_.text.size() + text.size() > paragraph_bytes_max) {
      end_paragraph();
    }
    paragraph_.append(text, piece);
  }

  void end_paragraph() {
    if (paragraph_.is_empty()) return;
    bool is_first = true;
    const auto visit = [&](std::size_t begin, std::size_t end) {
      offer(begin, end, is_first);
      is_first = false;
    };
    if (paragraph_.origin == SentenceOrigin::Subject) {
      visit(0, paragraph_.text.size());
    } else {
      splitter_.split(paragraph_.text, visit);
    }
    paragraph_ = {};
  }

  void offer(std::size_t begin, std::size_t end, bool is_first) {
    const std::string_view sentence = std::string_view(paragraph_.text).substr(begin, end - begin);
    const SpanFacts facts = facts_of(paragraph_, begin, end);
    note_opening(sentence, facts.first_page, facts.confidence);
    const float worth =
        worth_of(sentence, {paragraph_.origin, is_first, facts.first_page, facts.confidence});
    if (worth <= 0) return;
    keeper_.offer(
        {std::string(sentence), sentence_count_++, facts.first_page, facts.last_page, worth});
  }

  /// The document's first words, for the case that nothing is a sentence.
  void note_opening(std::string_view text, std::uint32_t page, std::optional<float> confidence) {
    if (opening_.text.size() > opening_bytes_max || !is_readable(text, confidence)) return;
    if (!opening_.text.empty()) opening_.text += ends_sentence(opening_.text) ? " " : ". ";
    opening_.text += cut_utf8(text, 2 * opening_bytes_max);
    if (opening_.pages.empty() || opening_.pages.back() != page + 1) {
      opening_.pages.push_back(page + 1);
    }
  }

  Summary opening() {
    opening_.text = shorten(opening_.text, opening_bytes_max);
    return std::move(opening_);
  }

  std::deque<PageLines> held_;
  EdgeLines edges_;
  SentenceSplitter splitter_;
  Paragraph paragraph_;
  CandidateKeeper keeper_;
  Summary opening_;
  std::uint32_t page_count_ = 0;
  std::uint32_t sentence_count_ = 0;
};

Summarizer::Summarizer() : impl_(std::make_unique<Impl>()) {}
Summarizer::Summarizer(Summarizer&&) noexcept = default;
Summarizer& Summarizer::operator=(Summarizer&&) noexcept = default;
Summarizer::~Summarizer() = default;

void Summarizer::add_page(std::uint32_t page_index, const PageText& page) {
  impl_->add_page(page_index, page);
}

Summary Summarizer::finish() && { return impl_->finish(); }

}  // namespace civicum
