// SPDX-License-Identifier: GPL-3.0-or-later
// Unix sockets that have a name in a folder, by the folder's descriptor: a socket's path may have
// 107 bytes only, a folder's more.
#pragma once

#include <string>

#include "base/result.h"
#include "os/fd.h"

namespace civicum {

struct SocketName {
  std::string folder;
  std::string name;  ///< "wake.sock"
};

/// Takes the place of what had the name before: the caller owns the folder. Non-blocking,
/// close-on-exec.
Result<Fd> bind_datagrams(const SocketName& name);
/// As bind_datagrams(); only this user may connect.
Result<Fd> listen_streams(const SocketName& name);
/// Sends an empty datagram; where nobody hears it, nothing happens.
void poke(const SocketName& name);
/// A connection to whoever listens there, blocking; NotFound where nobody does.
Result<Fd> connect_stream(const SocketName& name);
/// The next connection, non-blocking and close-on-exec; an Fd that holds none where none waits.
Result<Fd> accept_stream(int listener);

}  // namespace civicum
