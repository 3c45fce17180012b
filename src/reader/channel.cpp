// SPDX-License-Identifier: GPL-3.0-or-later
#include "reader/channel.h"

#include <poll.h>

#include <cerrno>
#include <iterator>

#include "os/socket.h"

namespace civicum {

Result<Channel::Filled> Channel::fill(std::string& bytes, std::vector<Fd>& fds) {
  std::size_t have = 0;
  while (have < bytes.size()) {
    const std::span<char> rest(bytes.data() + have, bytes.size() - have);
    Received received = TRY(receive_with_fds(socket_.get(), rest, passed_fds_max));
    if (received.size == 0) return Filled::Closed;
    have += received.size;
    std::move(received.fds.begin(), received.fds.end(), std::back_inserter(fds));
    if (fds.size() > passed_fds_max) return Error{ErrorKind::Corrupt, "too many descriptors"};
  }
  return Filled::Whole;
}

Result<std::optional<ReceivedRequest>> Channel::receive() {
  std::vector<Fd> fds;
  std::string bytes(protocol::frame_header_size, '\0');
  if (TRY(fill(bytes, fds)) == Filled::Closed) return std::optional<ReceivedRequest>();
  const protocol::FrameHeader header = TRY(protocol::decode_request_header(bytes));
  bytes.resize(header.body_size);
  if (TRY(fill(bytes, fds)) == Filled::Closed) return std::optional<ReceivedRequest>();
  protocol::Request request = TRY(protocol::decode_request(header.type, bytes));
  return std::optional(ReceivedRequest{std::move(request), std::move(fds)});
}

bool Channel::wait_readable(int milliseconds) const {
  pollfd wanted{socket_.get(), POLLIN, 0};
  return poll(&wanted, 1, milliseconds) > 0;
}

Status Channel::send(const protocol::Reply& reply) {
  const std::string frame = protocol::encode(reply);
  std::string_view rest = frame;
  while (!rest.empty()) rest.remove_prefix(TRY(send_with_fds(socket_.get(), rest, {})));
  return Done{};
}

}  // namespace civicum
