// SPDX-License-Identifier: GPL-3.0-or-later
// The reader's end of the socket: whole requests in, whole replies out, blocking.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "os/fd.h"
#include "protocol/messages.h"

namespace civicum {

struct ReceivedRequest {
  protocol::Request request;
  std::vector<Fd> fds;
};

class Channel {
 public:
  explicit Channel(Fd socket) : socket_(std::move(socket)) {}

  /// The next request; empty once the parent has closed its end. Corrupt on a broken frame.
  Result<std::optional<ReceivedRequest>> receive();
  /// True where a request waits, after at most `milliseconds`.
  bool wait_readable(int milliseconds) const;
  Status send(const protocol::Reply& reply);

 private:
  enum class Filled : std::uint8_t { Whole, Closed };
  Result<Filled> fill(std::string& bytes, std::vector<Fd>& fds);
  Fd socket_;
};

}  // namespace civicum
