// SPDX-License-Identifier: GPL-3.0-or-later
// The readers of one run: spawns them from the loop's thread, keeps one warm spare beyond those at
// work, watches the deadline of each request, says how each ended. It knows nothing of documents;
// who reads what is read_run's business.
//
//   Starting ──Ready──> Idle ──request()──> Busy ──finish()──> Idle;   every state ──its process
//   ends──> gone
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "node/reader_cages.h"
#include "node/reader_link.h"
#include "plan/deadline.h"
#include "plan/ladder.h"

namespace civicum {

using Clock = std::chrono::steady_clock;

struct ReaderEnd {
  WorkerEnd how = WorkerEnd::Crash;
  std::string detail;  ///< "signal 11", "no progress for 10 s of CPU time"
  Bytes limit = {};    ///< of OutOfMemory: what it was allowed
};

class PooledReader {
 public:
  pid_t pid() const { return link_->pid(); }
  Bytes cap() const { return cap_; }  ///< what its request may take

  enum class State : std::uint8_t { Starting, Idle, Busy };
  State state = State::Starting;
  std::string sandbox;
  std::uint64_t open_document = 0;  ///< 0: none; set by the caller

 private:
  friend class ReaderPool;
  std::optional<Cage> cage_;  ///< above link_: it can be removed once its child is reaped
  std::unique_ptr<ReaderLink> link_;
  Clock::time_point spawned_at_;
  std::optional<Deadline> deadline_;
  std::chrono::nanoseconds cpu_at_start_{0};
  std::chrono::nanoseconds cpu_seen_{0};  ///< since the request, when it was looked at last
  std::optional<ReaderEnd> killed_for_;
  Bytes cap_;
};

struct PoolOptions {
  ReaderCommand command;
  std::uint32_t readers_max = 1;  ///< at work at the same time; one more is the spare
  std::chrono::seconds page_seconds{60};
  Bytes page_limit;              ///< no reader may take more
  ReaderCages* cages = nullptr;  ///< borrowed; none: readers go without
};

/// CPU time: what a request should take, and what earlier attempts at the same page have spent.
/// A Document's request is no page: --page-seconds is not its bound, its prediction is.
struct Expected {
  enum class Scope : std::uint8_t { Page, Document };
  std::chrono::milliseconds predicted{0};
  std::chrono::nanoseconds spent_before{0};
  Scope scope = Scope::Page;
};

/// What the pool tells its owner, always from the loop.
struct PoolEvents {
  std::function<void()> on_idle;                                 ///< a reader became ready
  std::function<void(PooledReader&, protocol::Reply)> on_reply;  ///< of a busy reader
  std::function<void(PooledReader&, const ReaderEnd&)>
      on_end;                      ///< of a busy reader; it is gone afterwards
  std::function<void()> on_watch;  ///< every 0.1 s while readers are busy or start
  /// Readers do not start: nothing can be read. NotFound: the language's data is not installed.
  std::function<void(const Error&)> on_broken;
};

class ReaderPool {
 public:
  ReaderPool(Loop& loop, PoolOptions options, PoolEvents events);

  /// `wanted`: requests that run or wait. Starts readers for them, at most readers_max, and one
  /// warm spare while all of those are busy and more waits. Never ends any.
  void want(std::uint32_t wanted);
  /// An idle reader, the one that has `document` open if there is one; nullptr where none is idle
  /// or readers_max are busy.
  PooledReader* take_idle(std::uint64_t document);
  /// Makes the reader busy with a request; its deadline starts.
  void request(PooledReader& reader, const protocol::Request& request, std::span<const int> fds,
               const Expected& expected);
  /// Lets a reader that has planned go on; its deadline counts again, with the new prediction.
  void proceed(PooledReader& reader, const protocol::Planned& planned);
  /// A busy reader was told to wait: its deadline stands still.
  void pause(PooledReader& reader);
  /// Its process stands still (SIGSTOP), its deadline too; thaw() lets both go on.
  void freeze(PooledReader& reader);
  void thaw(PooledReader& reader);
  /// Anonymous, shared and swapped memory of the reader, now.
  Bytes held(const PooledReader& reader) const;
  /// CPU time of the reader since its request; of one that has ended, to the last 100 ms.
  std::chrono::nanoseconds cpu_used(const PooledReader& reader) const;
  void finish(PooledReader& reader);
  /// Ends a busy reader; on_end follows with `how`.
  void kill(PooledReader& reader, ReaderEnd end);
  /// Ends them all, without further events; those that follow read another language. Not from
  /// within an event.
  void read_in(const std::string& lang);
  /// Ends them all, without further events.
  void close();

  std::uint32_t busy_count() const;
  const std::list<PooledReader>& readers() const { return readers_; }
  std::list<PooledReader>& readers() { return readers_; }

 private:
  void spawn();
  void allow(PooledReader& reader, std::optional<Bytes> predicted);
  ReaderEnd end_of(const PooledReader& reader, const WaitStatus& status, LinkFault fault) const;
  void on_reply(PooledReader& reader, protocol::Reply reply);
  void on_end(PooledReader& reader, const WaitStatus& status, LinkFault fault);
  void watch();
  void check_start(PooledReader& reader);
  void check_deadline(PooledReader& reader);
  void check_memory(PooledReader& reader);

  Loop& loop_;
  PoolOptions options_;
  PoolEvents events_;
  std::list<PooledReader> readers_;
  boost::asio::steady_timer timer_;
  bool is_timer_set_ = false;
  std::uint32_t failed_starts_ = 0;
};

}  // namespace civicum
