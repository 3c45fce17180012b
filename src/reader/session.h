// SPDX-License-Identifier: GPL-3.0-or-later
// A reader at work: requests in, replies out, one document open at a time, the engine loaded once.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "document/document.h"
#include "host/process.h"
#include "ocr/recognizer.h"
#include "reader/channel.h"

namespace civicum {

class ReaderSession {
 public:
  ReaderSession(Channel channel, LanguageData languages, SelfMeter meter)
      : channel_(std::move(channel)), languages_(std::move(languages)), meter_(std::move(meter)) {}

  /// Works until the parent closes its end; an error where it broke the protocol or cannot be
  /// reached.
  Status run(const protocol::Ready& ready);

 private:
  Status handle(ReceivedRequest received);
  Status open(const protocol::Open& request, std::vector<Fd> fds);
  Status read_page(const protocol::ReadPage& request);
  Status write_layer(const protocol::WriteLayer& request, const std::vector<Fd>& fds);
  Status ask(const protocol::Planned& planned);
  Result<Recognizer*> recognizer();
  void report_progress(std::uint32_t permille);

  Channel channel_;
  std::optional<LanguageData> languages_;
  std::unique_ptr<Recognizer> recognizer_;
  SelfMeter meter_;
  Fd document_fd_;
  std::string password_;
  std::unique_ptr<Document> document_;
  std::chrono::steady_clock::time_point last_progress_;
};

}  // namespace civicum
