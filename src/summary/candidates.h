// SPDX-License-Identifier: GPL-3.0-or-later
// A sentence as a candidate for the summary, what it is worth before it is compared with others,
// and the best of them, kept in bounded memory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace civicum {

struct Candidate {
  std::string text;
  std::uint32_t order = 0;  ///< in the document
  std::uint32_t first_page = 0;
  std::uint32_t last_page = 0;
  float worth = 0;
};

enum class SentenceOrigin : std::uint8_t { Prose, Subject };

struct SentencePlace {
  SentenceOrigin origin = SentenceOrigin::Prose;
  bool is_first_of_paragraph = false;
  std::uint32_t page_index = 0;
  std::optional<float> confidence;
};

/// False for what nobody could read: too few letters or vowels, numbers, scattered characters, a
/// reading that was not sure.
bool is_readable(std::string_view text, std::optional<float> confidence);

/// 0 where the sentence can't stand in a summary: unreadable, too short or too long, a formula of
/// courtesy.
float worth_of(std::string_view sentence, const SentencePlace& place);

/// The best candidates; among equals, spread over the document.
class CandidateKeeper {
 public:
  void offer(Candidate candidate);
  /// In the document's order.
  std::vector<Candidate> take() &&;

 private:
  std::vector<Candidate> heap_;
};

}  // namespace civicum
