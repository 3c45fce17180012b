// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/sqlite/wake_socket.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace civicum {
namespace {

constexpr const char* socket_name = "wake.sock";

struct Address {
  Fd folder;  ///< open as long as the address is used
  sockaddr_un path{};
};

/// By the folder's descriptor, because a socket's path may have 107 bytes only.
Result<Address> address_in(const std::string& folder) {
  Address address;
  address.folder = TRY(open_file(folder, O_PATH | O_DIRECTORY));
  address.path.sun_family = AF_UNIX;
  const std::string path =
      "/proc/self/fd/" + std::to_string(address.folder.get()) + "/" + socket_name;
  std::memcpy(address.path.sun_path, path.c_str(), path.size() + 1);
  return address;
}

Fd datagram_socket() { return Fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)); }

const sockaddr* pointer_to(const Address& address) {
  return reinterpret_cast<const sockaddr*>(&address.path);
}

}  // namespace

Result<std::unique_ptr<WakeSource>> WakeSocket::listen(const std::string& folder) {
  const Address address = TRY(address_in(folder));
  Fd fd = datagram_socket();
  (void)unlinkat(address.folder.get(), socket_name, 0);
  if (!fd || bind(fd.get(), pointer_to(address), sizeof address.path) != 0) {
    return last_os_failure("cannot listen on " + folder + "/" + socket_name);
  }
  return std::unique_ptr<WakeSource>(new WakeSocket(std::move(fd)));
}

Result<bool> WakeSocket::take() {
  bool is_woken = false;
  std::array<char, 16> ignored{};
  while (recv(fd_.get(), ignored.data(), ignored.size(), 0) >= 0) is_woken = true;
  if (errno == EAGAIN || errno == EINTR) return is_woken;
  return last_os_failure("cannot listen for work");
}

void send_wake(const std::string& folder) {
  const Result<Address> address = address_in(folder);
  const Fd fd = datagram_socket();
  if (address && fd)
    (void)sendto(fd.get(), "", 0, MSG_NOSIGNAL, pointer_to(*address), sizeof address->path);
}

}  // namespace civicum
