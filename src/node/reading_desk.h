// SPDX-License-Identifier: GPL-3.0-or-later
// Where documents are read: gives the readers of the pool what tasks wish for, a page at a time,
// and says how each wish ended, whatever happened to the readers meanwhile. It decides by plan/
// (governor, ladder); where pages come from and where they are kept is its owner's business
// (read_run.h: the inputs of a command; worker.h: the store's queue).
//
// Invariant: every page that was taken from a task's queue comes back exactly once, by on_page or,
// where it is tried again, into the queue.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "host/memory_gauge.h"
#include "node/page_queue.h"
#include "node/reader_pool.h"
#include "plan/governor.h"

namespace civicum {

/// Small print and low confidence are looked at again at this.
inline constexpr Dpi second_look_dpi{300};

struct DeskOptions {
  ReaderCommand command;
  std::uint32_t jobs = 1;
  std::uint32_t page_seconds = 60;
  Bytes memory = gib(2);         ///< of all processes together
  ReaderCages* cages = nullptr;  ///< borrowed; none: readers go without
};

/// A document on the desk. The owner sets what it wishes for; the desk counts the deaths.
struct DeskTask {
  enum class Wish : std::uint8_t { Nothing, Open, Pages, Layer };

  std::uint64_t id = 0;  ///< never 0 on a desk; smaller ids are served first
  std::string label;     ///< for people: the document's file
  Wish wish = Wish::Nothing;
  int document_fd = -1;  ///< borrowed
  std::uint64_t size = 0;
  std::string password;
  Dpi dpi{200};
  std::optional<std::uint32_t> page_count;  ///< once it has been opened
  PageQueue pages;                          ///< of Wish::Pages
  int layer_fd = -1;                        ///< of Wish::Layer: where the PDF goes, borrowed
  int layer_words_fd = -1;                  ///< … and its words (protocol/layer_words.h)

  bool needs_hand() const;  ///< one reader for the document as a whole
  bool needs_reading() const;

  // The desk's own.
  bool is_with_reader = false;  ///< one opens it or writes its layer
  std::uint32_t open_crashes = 0;
  std::uint32_t open_kills = 0;
  std::uint32_t layer_kills = 0;
};

/// Always from the loop.
struct DeskEvents {
  std::function<void(DeskTask&, const protocol::Opened&)> on_opened;  ///< of Wish::Open
  /// Of any wish; the desk has let go of the task.
  std::function<void(DeskTask&, OpenError, const std::string& detail)> on_open_failed;
  std::function<void(DeskTask&, std::uint32_t page_index, StoredPage)> on_page;
  /// Memory ran short and something was done about it: a sentence.
  std::function<void(const std::string&)> on_relief;
  /// Written where `failure` is empty.
  std::function<void(DeskTask&, const std::string& failure)> on_layer;
  /// The layer's reader was killed from outside: begin it anew.
  std::function<void(DeskTask&)> on_layer_killed;
  std::function<void(const Error&)> on_broken;  ///< as PoolEvents has it
};

class ReadingDesk {
 public:
  ReadingDesk(Loop& loop, DeskOptions options, DeskEvents events);

  /// The task stays where it is until remove().
  void add(DeskTask& task);
  /// Ends what readers do on it.
  void remove(DeskTask& task);
  /// From here on pages are of another language. Only while no task wishes for anything, and not
  /// from within an event.
  void read_in(const std::string& lang) { pool_.read_in(lang); }
  /// Gives idle readers what the tasks wish for now; to be called after a wish has changed.
  void pump();
  /// From here on nothing is given to readers.
  void stop() { is_stopped_ = true; }
  /// Ends the readers, without further events. Not from within an event.
  void close();

  const std::list<PooledReader>& readers() const { return pool_.readers(); }

  /// Who holds what of the budget now, why pages wait, and what happened to readers lately, as
  /// members of an object that is open; on one line (desk_status.cpp).
  void append_status(JsonWriter& json) const;

 private:
  enum class Errand : std::uint8_t { Open, Page, Layer };
  struct Assignment {
    DeskTask* task = nullptr;
    Errand errand = Errand::Open;
    PageWork page = {};
    protocol::ReadPage request = {};
    std::optional<protocol::Planned> planned = {};
    /// Since it was planned: later ones are larger. Again since it was let go on.
    std::uint64_t order = 0;
    /// Planned, but memory does not allow it yet.
    std::optional<Clock::time_point> waiting_since = {};
    std::optional<Refusal> refusal = {};  ///< why it waits
    std::optional<Clock::time_point> paused_since = {};
    Bytes expected() const;  ///< peak of its reader
  };

  std::uint32_t wanted_readers() const;
  bool assign_one();
  void assign_open(PooledReader& reader, DeskTask& task);
  void assign_page(PooledReader& reader, DeskTask& task);
  void assign_layer(PooledReader& reader, DeskTask& task);

  // What readers answer, and what their deaths mean (desk_replies.cpp).
  void on_reply(PooledReader& reader, protocol::Reply reply);
  void on_opened(PooledReader& reader, const protocol::Opened& opened);
  void on_open_failed(PooledReader& reader, const protocol::OpenFailed& failed);
  void on_planned(PooledReader& reader, const protocol::Planned& planned);
  void on_page_read(PooledReader& reader, protocol::PageRead read);
  void on_page_failed(PooledReader& reader, const protocol::PageFailed& failed);
  void on_layer_end(PooledReader& reader, const std::string& failure);
  void end_layer(DeskTask& task, const std::string& failure);
  void on_reader_end(PooledReader& reader, const ReaderEnd& end);
  void after_layer_death(DeskTask& task, const ReaderEnd& end);
  void after_open_death(DeskTask& task, const ReaderEnd& end);
  void after_page_death(PooledReader& reader, Assignment assignment, const ReaderEnd& end);

  // What memory allows (desk_memory.cpp).
  struct MemoryFacts {
    LiveMemory live;
    std::vector<PageAtWork> at_work;
    std::vector<PageWaiting> waiting;
    std::vector<Bytes> others;
  };
  void admit_waiting();
  MemoryFacts read_memory();
  GovernorDecision decide();
  void let_go(std::uint64_t order);
  void apply(const Relief& relief);
  std::pair<PooledReader* const, Assignment>& find_order(std::uint64_t order);
  void append_reader(JsonWriter& json, const PooledReader& reader) const;
  void note(const std::string& sentence);

  /// What happened to memory and readers, for whoever looks later.
  struct Event {
    std::int64_t at_ms = 0;  ///< of the epoch
    std::string what;
  };

  void drop_assignments(const DeskTask& task);
  Assignment take_assignment(PooledReader& reader);
  StoredPage stored_page(const PooledReader& reader, const PageWork& work,
                         std::variant<PageReading, Gap> outcome) const;

  DeskOptions options_;
  DeskEvents events_;
  ReaderPool pool_;
  std::map<std::uint64_t, DeskTask*> tasks_;
  std::map<PooledReader*, Assignment> at_work_;
  MemoryGauge gauge_;
  LiveMemory read_live(Bytes readers) const;
  LiveMemory live_;  ///< as of live_at_
  Clock::time_point live_at_;
  Clock::time_point relief_at_;
  std::deque<Event> events_lately_;
  std::uint64_t next_order_ = 1;
  bool is_stopped_ = false;
};

}  // namespace civicum
