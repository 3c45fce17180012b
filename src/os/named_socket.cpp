// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/named_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace civicum {
namespace {

constexpr int waiting_connections_max = 8;

struct Address {
  Fd folder;  ///< open as long as the address is used
  sockaddr_un path{};
};

Result<Address> address_of(const SocketName& name) {
  Address address;
  address.folder = TRY(open_file(name.folder, O_PATH | O_DIRECTORY));
  address.path.sun_family = AF_UNIX;
  const std::string path =
      "/proc/self/fd/" + std::to_string(address.folder.get()) + "/" + name.name;
  ENSURE(path.size() < sizeof address.path.sun_path);
  std::memcpy(address.path.sun_path, path.c_str(), path.size() + 1);
  return address;
}

Fd unix_socket(int type) { return Fd(socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)); }

const sockaddr* pointer_to(const Address& address) {
  return reinterpret_cast<const sockaddr*>(&address.path);
}

Result<Fd> bind_to(const SocketName& name, int type) {
  const Address address = TRY(address_of(name));
  Fd fd = unix_socket(type);
  const bool is_free = unlinkat(address.folder.get(), name.name.c_str(), 0) == 0 || errno == ENOENT;
  if (!is_free || !fd || bind(fd.get(), pointer_to(address), sizeof address.path) != 0) {
    return last_os_failure("cannot listen on " + name.folder + "/" + name.name);
  }
  (void)fchmodat(address.folder.get(), name.name.c_str(), 0600, 0);
  return fd;
}

}  // namespace

Result<Fd> bind_datagrams(const SocketName& name) { return bind_to(name, SOCK_DGRAM); }

Result<Fd> listen_streams(const SocketName& name) {
  Fd fd = TRY(bind_to(name, SOCK_STREAM));
  if (listen(fd.get(), waiting_connections_max) == 0) return fd;
  return last_os_failure("cannot listen on " + name.folder + "/" + name.name);
}

void poke(const SocketName& name) {
  const Result<Address> address = address_of(name);
  const Fd fd = unix_socket(SOCK_DGRAM);
  if (address && fd)
    (void)sendto(fd.get(), "", 0, MSG_NOSIGNAL, pointer_to(*address), sizeof address->path);
}

Result<Fd> connect_stream(const SocketName& name) {
  const Address address = TRY(address_of(name));
  Fd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (fd && connect(fd.get(), pointer_to(address), sizeof address.path) == 0) return fd;
  const bool is_nobody = errno == ENOENT || errno == ECONNREFUSED;
  return os_failure(is_nobody ? ErrorKind::NotFound : kind_of_errno(errno),
                    "cannot connect to " + name.folder + "/" + name.name, errno);
}

Result<Fd> accept_stream(int listener) {
  Fd fd(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  const bool is_none = errno == EAGAIN || errno == EINTR || errno == ECONNABORTED;
  if (fd || is_none) return fd;
  return last_os_failure("cannot take a connection");
}

}  // namespace civicum
