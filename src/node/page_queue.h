// SPDX-License-Identifier: GPL-3.0-or-later
// Which pages of a document still need a reader, and how their earlier attempts went.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "plan/ladder.h"
#include "store/documents.h"

namespace civicum {

/// A page that needs a reader: its attempts so far, and the text of its first look while a second
/// is made.
struct PageWork {
  std::uint32_t page_index = 0;
  PageHistory history;
  std::chrono::nanoseconds cpu_spent{0};  ///< of earlier attempts
  std::optional<StoredPage> first_look;
  std::string lowered_for;  ///< why a later attempt may use fewer dpi: "crash" …
  Dpi dpi_before;           ///< the most that an attempt which died had
  Bytes expected_min;       ///< what an attempt that was ended for memory had taken
};

class PageQueue {
 public:
  /// Takes what is settled out of the pages to read.
  void start(std::vector<bool> settled);
  /// One page more, whether it was settled or not.
  void add(std::uint32_t page_index);
  /// Pages to be tried again come first, then the document's order.
  std::optional<PageWork> take();
  void put_back(PageWork work);
  void finish_one();
  bool has_waiting() const;
  /// Nothing waits and nothing runs.
  bool is_finished() const { return left_ == 0; }
  std::uint32_t left() const { return left_; }
  std::uint32_t page_count() const { return static_cast<std::uint32_t>(settled_.size()); }

 private:
  void skip_settled();
  std::vector<bool> settled_;
  std::uint32_t next_ = 0;
  std::uint32_t left_ = 0;
  std::deque<PageWork> again_;
};

}  // namespace civicum
