// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/status_socket.h"

#include <sys/socket.h>

#include <utility>

#include "os/named_socket.h"

namespace civicum {

Result<std::unique_ptr<StatusSocket>> StatusSocket::listen(Loop& loop, const std::string& folder,
                                                           std::function<std::string()> line) {
  Fd fd = TRY(listen_streams({folder, "status.sock"}));
  return std::unique_ptr<StatusSocket>(new StatusSocket(loop, std::move(fd), std::move(line)));
}

StatusSocket::StatusSocket(Loop& loop, Fd fd, std::function<std::string()> line)
    : listener_(loop, fd.release()), line_(std::move(line)) {
  watch();
}

void StatusSocket::watch() {
  listener_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                       [this](const boost::system::error_code& cancelled) {
                         if (!cancelled && serve()) watch();
                       });
}

/// False where connections cannot be taken any more. A line is shorter than a socket's buffer:
/// whoever does not take it in time has none.
bool StatusSocket::serve() {
  const auto connection = accept_stream(listener_.native_handle());
  if (!connection) return false;
  const std::string line = *connection ? line_() : "";
  if (!line.empty()) (void)send(connection->get(), line.data(), line.size(), MSG_NOSIGNAL);
  return true;
}

}  // namespace civicum
