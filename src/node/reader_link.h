// SPDX-License-Identifier: GPL-3.0-or-later
// One civicum-reader as its parent sees it: a child, a socket with frames on it, replies and an
// end. A reader is not trusted: a frame that breaks the protocol ends it. What the replies mean is
// the caller's business.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "os/child.h"
#include "os/loop.h"
#include "protocol/messages.h"

namespace civicum {

struct ReaderCommand {
  std::string program;  ///< path of civicum-reader
  std::string lang;
  std::vector<int> cgroup_procs = {};  ///< of its cage, borrowed
};

/// As every reader is started: `socket` becomes its descriptor 3.
SpawnRequest reader_spawn_request(const ReaderCommand& command, int socket);

enum class LinkFault : std::uint8_t { None, BrokeProtocol };

struct ReaderEvents {
  std::function<void(protocol::Reply)> on_reply;
  /// Called once, when the child has been reaped; nothing is called after it.
  std::function<void(const WaitStatus&, LinkFault)> on_end;
};

class ReaderLink {
 public:
  /// Spawns from the calling thread, which must be the loop's and must outlive the reader.
  static Result<std::unique_ptr<ReaderLink>> start(Loop& loop, const ReaderCommand& command,
                                                   ReaderEvents events);
  ~ReaderLink();
  ReaderLink(const ReaderLink&) = delete;
  ReaderLink& operator=(const ReaderLink&) = delete;

  /// Never blocks: a reader that does not take its request is ended. Descriptors are borrowed for
  /// the call.
  void send(const protocol::Request& request, std::span<const int> fds = {});
  void kill();
  void stop() { child_.stop(); }
  void resume() { child_.resume(); }
  pid_t pid() const { return child_.pid(); }

 private:
  ReaderLink(Loop& loop, Child child, Fd socket, ReaderEvents events);
  void watch_end();
  void read_header();
  void read_body(protocol::FrameHeader header);
  void break_off();

  Child child_;
  boost::asio::posix::stream_descriptor socket_;
  boost::asio::posix::stream_descriptor pidfd_;
  ReaderEvents events_;
  LinkFault fault_ = LinkFault::None;
  std::string buffer_;
  /// Handlers still queued in the loop after this object is gone find it empty.
  std::shared_ptr<bool> is_alive_ = std::make_shared<bool>(true);
};

}  // namespace civicum
