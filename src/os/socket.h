// SPDX-License-Identifier: GPL-3.0-or-later
// The connected pair of unix sockets between a parent and its child, and descriptors sent over it.
// Framing is protocol/'s business: here are only bytes and descriptors.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "os/fd.h"

namespace civicum {

/// No message carries more descriptors than this.
inline constexpr std::size_t passed_fds_max = 4;

/// AF_UNIX, SOCK_STREAM, close-on-exec, blocking.
Result<std::pair<Fd, Fd>> stream_pair();

/// One sendmsg: answers how many bytes went (perhaps not all); the descriptors go with the first of
/// them. Never raises SIGPIPE. On a full non-blocking socket: Unavailable with os_error EAGAIN.
Result<std::size_t> send_with_fds(int socket, std::string_view bytes, std::span<const int> fds);

struct Received {
  std::size_t size = 0;  ///< 0: the other end has closed
  std::vector<Fd> fds;
};

/// One recvmsg. Corrupt where more than `fds_max` descriptors came (at most passed_fds_max); all of
/// them are closed then. On an empty non-blocking socket: Unavailable with os_error EAGAIN.
Result<Received> receive_with_fds(int socket, std::span<char> buffer, std::size_t fds_max);

}  // namespace civicum
