// SPDX-License-Identifier: GPL-3.0-or-later
// What a person sees of a run, on standard error: a live block on a terminal, plain lines
// elsewhere, errors always.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>

#include "cli/read_options.h"
#include "node/read_options.h"

namespace civicum {

/// The live block's lines for a terminal `columns` wide. Pure.
std::vector<std::string> render_progress(const ReadSnapshot& snapshot, double pages_per_minute,
                                         std::size_t columns);
/// One line on a document that has ended. Pure.
std::string render_outcome(const DocumentOutcome& outcome);
/// "3.2 GB", "512 MB".
std::string render_bytes(Bytes bytes);

class ReadDisplay : public ReadObserver {
 public:
  explicit ReadDisplay(Verbosity verbosity);

  void on_document(const DocumentOutcome& outcome) override;
  void on_gap(const std::string& file, std::uint32_t page_number, const Gap& gap) override;
  void on_event(const std::string& sentence) override { say("civicum: " + sentence); }
  /// To be called a few times a second with where the run stands.
  void tick(const ReadSnapshot& snapshot);
  /// A sentence for the person, above the live block.
  void say(const std::string& sentence);
  /// Takes the live block away.
  void finish();

  const std::vector<DocumentOutcome>& outcomes() const { return outcomes_; }

 private:
  enum class Style : std::uint8_t { Live, Lines, Silent };
  void erase_block();
  double pages_per_minute(const ReadSnapshot& snapshot);

  Style style_;
  std::size_t block_lines_ = 0;
  std::vector<DocumentOutcome> outcomes_;
  /// Recent readings of the page counter, for a speed that follows.
  std::deque<std::pair<std::chrono::steady_clock::time_point, std::uint64_t>> recent_;
  std::chrono::steady_clock::time_point last_line_;
};

}  // namespace civicum
