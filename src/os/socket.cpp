// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/socket.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace civicum {
namespace {

/// Room for exactly passed_fds_max: of more, the kernel installs none and sets MSG_CTRUNC.
struct ControlBuffer {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * passed_fds_max)> bytes{};
};
static_assert(CMSG_SPACE(sizeof(int) * passed_fds_max) == CMSG_LEN(sizeof(int) * passed_fds_max));

Error transfer_failure(const char* what) {
  const int os_error = errno;
  const bool must_wait = os_error == EAGAIN || os_error == EWOULDBLOCK;
  const bool is_gone = os_error == EPIPE || os_error == ECONNRESET;
  return os_failure(must_wait || is_gone ? ErrorKind::Unavailable : kind_of_errno(os_error), what,
                    os_error);
}

void take_fds(const cmsghdr& header, std::vector<Fd>& fds) {
  if (header.cmsg_level != SOL_SOCKET || header.cmsg_type != SCM_RIGHTS) return;
  const std::size_t count = (header.cmsg_len - CMSG_LEN(0)) / sizeof(int);
  for (std::size_t i = 0; i < count; ++i) {
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(&header) + i * sizeof(int), sizeof(int));
    fds.emplace_back(fd);
  }
}

}  // namespace

Result<std::pair<Fd, Fd>> stream_pair() {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return last_os_failure("socketpair");
  }
  return std::pair(Fd(ends[0]), Fd(ends[1]));
}

Result<std::size_t> send_with_fds(int socket, std::string_view bytes, std::span<const int> fds) {
  ENSURE(fds.size() <= passed_fds_max);
  // sendmsg does not write through the pointer; its type is older than const.
  iovec part{const_cast<char*>(bytes.data()), bytes.size()};
  ControlBuffer control;
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (!fds.empty()) {
    message.msg_control = control.bytes.data();
    message.msg_controllen = CMSG_SPACE(fds.size_bytes());
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(fds.size_bytes());
    std::memcpy(CMSG_DATA(header), fds.data(), fds.size_bytes());
  }
  ssize_t count = -1;
  do {
    count = sendmsg(socket, &message, MSG_NOSIGNAL);
  } while (count < 0 && errno == EINTR);
  if (count < 0) return transfer_failure("sendmsg");
  return static_cast<std::size_t>(count);
}

Result<Received> receive_with_fds(int socket, std::span<char> buffer, std::size_t fds_max) {
  iovec part{buffer.data(), buffer.size()};
  ControlBuffer control;
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes.data();
  message.msg_controllen = control.bytes.size();
  ssize_t count = -1;
  do {
    count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  } while (count < 0 && errno == EINTR);
  if (count < 0) return transfer_failure("recvmsg");
  Received received{static_cast<std::size_t>(count), {}};
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    take_fds(*header, received.fds);
  }
  if ((message.msg_flags & MSG_CTRUNC) != 0 || received.fds.size() > fds_max) {
    return Error{ErrorKind::Corrupt, "more descriptors than expected came over a socket"};
  }
  return received;
}

}  // namespace civicum
