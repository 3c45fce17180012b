// SPDX-License-Identifier: GPL-3.0-or-later
// `wake.sock` in the folder of a SQLite store: its worker listens, whoever changed the store sends
// an empty datagram after the commit. A datagram that nobody hears is no error.
#pragma once

#include <memory>
#include <string>

#include "os/fd.h"
#include "store/wake_source.h"

namespace civicum {

class WakeSocket final : public WakeSource {
 public:
  /// Takes the place of an earlier owner's socket: the caller owns the folder.
  static Result<std::unique_ptr<WakeSource>> listen(const std::string& folder);
  int fd() const override { return fd_.get(); }
  Result<bool> take() override;

 private:
  explicit WakeSocket(Fd fd) : fd_(std::move(fd)) {}
  Fd fd_;
};

void send_wake(const std::string& folder);

}  // namespace civicum
