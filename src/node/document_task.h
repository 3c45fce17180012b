// SPDX-License-Identifier: GPL-3.0-or-later
// One input on its way through a run: what is known of it and which of its pages still need a
// reader.
//
//   Waiting → Digesting → Opening → Reading → Layering (--pdf) → Writing → Ended
//
// Twin: the same content is being read under another name; it waits in Twin until that one leaves
// Reading, then finds every page in the store.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/page.h"
#include "node/digest.h"
#include "node/inputs.h"
#include "node/read_options.h"
#include "node/record.h"
#include "os/atomic_file.h"
#include "os/fd.h"
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
};

class PageQueue {
 public:
  /// Takes what is settled out of the pages to read.
  void start(std::vector<bool> settled);
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

struct DocumentTask {
  enum class State : std::uint8_t {
    Waiting,
    Digesting,
    Opening,
    Twin,
    Reading,
    Layering,
    Writing,
    Ended
  };

  bool needs_hand() const;  ///< to be opened, or to get its layer
  bool needs_reading() const;

  std::uint64_t id = 0;  ///< of this task, never 0
  Input input;
  std::string file;  ///< the input's name as UTF-8
  State state = State::Waiting;
  Fd fd;
  std::uint64_t size = 0;
  std::optional<FileDigest> digest;
  std::string sha256;
  StoredDocument stored;
  std::uint32_t open_crashes = 0;
  std::uint32_t open_kills = 0;
  std::uint32_t layer_kills = 0;
  bool is_with_reader = false;  ///< a reader is opening it or writing its layer
  PageQueue pages;
  std::uint32_t pages_kept = 0;
  std::optional<AtomicFile> layer;
  Fd layer_words;
  std::optional<RecordWriter> writer;
  DocumentOutcome outcome;
  std::chrono::steady_clock::time_point started;
};

}  // namespace civicum
