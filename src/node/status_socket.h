// SPDX-License-Identifier: GPL-3.0-or-later
// `status.sock` in the folder that a worker owns: whoever connects is given one line of JSON with
// how things stand now, and the end.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "os/fd.h"
#include "os/loop.h"

namespace civicum {

class StatusSocket {
 public:
  /// `line`: asked for at each connection; with its line break.
  static Result<std::unique_ptr<StatusSocket>> listen(Loop& loop, const std::string& folder,
                                                      std::function<std::string()> line);

 private:
  StatusSocket(Loop& loop, Fd fd, std::function<std::string()> line);
  void watch();
  bool serve();

  boost::asio::posix::stream_descriptor listener_;
  std::function<std::string()> line_;
};

}  // namespace civicum
