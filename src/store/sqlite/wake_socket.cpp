// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/sqlite/wake_socket.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "os/named_socket.h"

namespace civicum {
namespace {

constexpr const char* socket_name = "wake.sock";

}  // namespace

Result<std::unique_ptr<WakeSource>> WakeSocket::listen(const std::string& folder) {
  Fd fd = TRY(bind_datagrams({folder, socket_name}));
  return std::unique_ptr<WakeSource>(new WakeSocket(std::move(fd)));
}

Result<bool> WakeSocket::take() {
  bool is_woken = false;
  std::array<char, 16> ignored{};
  while (recv(fd_.get(), ignored.data(), ignored.size(), 0) >= 0) is_woken = true;
  if (errno == EAGAIN || errno == EINTR) return is_woken;
  return last_os_failure("cannot listen for work");
}

void send_wake(const std::string& folder) { poke({folder, socket_name}); }

}  // namespace civicum
