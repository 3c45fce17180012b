// SPDX-License-Identifier: GPL-3.0-or-later
#include "reader/session.h"

#include <malloc.h>

#include <chrono>

#include "base/text.h"
#include "document/pdf_layer.h"
#include "protocol/layer_words.h"
#include "reader/page_reader.h"

namespace civicum {
namespace {

constexpr auto progress_interval = std::chrono::milliseconds(100);
// A reader without a request loads its engine: that is what makes a spare warm.
constexpr int idle_milliseconds = 20;

/// The layer's pages out of their spool, one at a time.
Result<std::optional<LayerPage>> next_layer_page(int words_fd, std::uint64_t& offset) {
  std::string header(protocol::layer_header_size, '\0');
  const std::size_t got = TRY(pread_all(words_fd, header, offset));
  if (got == 0) return std::optional<LayerPage>();
  const protocol::LayerHeader head = TRY(protocol::decode_layer_header(header.substr(0, got)));
  std::string bytes(head.size, '\0');
  const std::size_t size = TRY(pread_all(words_fd, bytes, offset + header.size()));
  if (size != bytes.size()) return Error{ErrorKind::Corrupt, "the layer's words are cut off"};
  offset += header.size() + bytes.size();
  PageReading reading = TRY(protocol::decode_reading(bytes));
  return std::optional(LayerPage{head.page_index, reading.width, reading.height, reading.turned,
                                 reading.route, std::move(reading.content)});
}

}  // namespace

Status ReaderSession::run(const protocol::Ready& ready) {
  (void)TRY(channel_.send(ready));
  if (!channel_.wait_readable(idle_milliseconds)) (void)recognizer();
  for (;;) {
    std::optional<ReceivedRequest> received = TRY(channel_.receive());
    if (!received) return Done{};
    (void)TRY(handle(*std::move(received)));
    malloc_trim(0);
  }
}

Status ReaderSession::handle(ReceivedRequest received) {
  if (const auto* request = std::get_if<protocol::Open>(&received.request)) {
    return open(*request, std::move(received.fds));
  }
  if (const auto* page = std::get_if<protocol::ReadPage>(&received.request)) {
    return read_page(*page);
  }
  if (const auto* layer = std::get_if<protocol::WriteLayer>(&received.request)) {
    return write_layer(*layer, received.fds);
  }
  return Error{ErrorKind::Corrupt, "a request out of turn"};
}

Status ReaderSession::open(const protocol::Open& request, std::vector<Fd> fds) {
  if (fds.size() != 1) return Error{ErrorKind::Corrupt, "a document without its descriptor"};
  document_.reset();
  document_fd_ = std::move(fds[0]);
  password_ = request.password;
  auto opened = open_document(document_fd_.get(), password_);
  if (const auto* failed = std::get_if<OpenFailure>(&opened)) {
    return channel_.send(protocol::OpenFailed{failed->reason, one_line(failed->detail)});
  }
  document_ = std::get<std::unique_ptr<Document>>(std::move(opened));
  return channel_.send(protocol::Opened{document_->type(), document_->pages().count});
}

Status ReaderSession::read_page(const protocol::ReadPage& request) {
  if (!document_ || request.page_index >= document_->pages().count) {
    return Error{ErrorKind::Corrupt, "a page of no open document"};
  }
  PageReaderPorts ports{[this](const protocol::Planned& planned) { return ask(planned); },
                        [this](std::uint32_t permille) { report_progress(permille); },
                        [this] { return recognizer(); }};
  PageReader reader(*document_, std::move(ports), meter_);
  auto end = reader.read(request);
  if (auto* read = std::get_if<protocol::PageRead>(&end)) return channel_.send(std::move(*read));
  return channel_.send(std::get<protocol::PageFailed>(end));
}

Status ReaderSession::write_layer(const protocol::WriteLayer& /*request*/,
                                  const std::vector<Fd>& fds) {
  if (fds.size() != 2 || !document_) return Error{ErrorKind::Corrupt, "a layer without its files"};
  std::uint64_t offset = 0;
  const int words_fd = fds[1].get();
  const Status written = write_pdf_layer(
      {document_fd_.get(), password_, document_->pages()}, fds[0].get(),
      [&offset, words_fd] { return next_layer_page(words_fd, offset); },
      [this](std::uint32_t permille) { report_progress(permille); });
  if (!written) return channel_.send(protocol::LayerFailed{one_line(written.error().what)});
  return channel_.send(protocol::LayerWritten{});
}

Status ReaderSession::ask(const protocol::Planned& planned) {
  (void)TRY(channel_.send(planned));
  const std::optional<ReceivedRequest> answer = TRY(channel_.receive());
  const bool may_go_on = answer && std::holds_alternative<protocol::Proceed>(answer->request);
  if (!may_go_on) return Error{ErrorKind::Unavailable, "the parent did not answer the plan"};
  return Done{};
}

Result<Recognizer*> ReaderSession::recognizer() {
  if (!recognizer_) {
    if (!languages_) return Error{ErrorKind::Unavailable, "the OCR engine did not start"};
    auto languages = std::exchange(languages_, std::nullopt);
    recognizer_ = TRY(make_recognizer(*std::move(languages)));
  }
  return recognizer_.get();
}

void ReaderSession::report_progress(std::uint32_t permille) {
  const auto now = std::chrono::steady_clock::now();
  if (now - last_progress_ < progress_interval) return;
  last_progress_ = now;
  // A parent that is gone is noticed at the page's end.
  (void)channel_.send(protocol::Progress{std::min(permille, 1000U)});
}

}  // namespace civicum
