// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/reader_link.h"

#include <fcntl.h>
#include <unistd.h>

#include <boost/asio/read.hpp>
#include <cstdlib>

#include "os/socket.h"

namespace civicum {
namespace {

using boost::system::error_code;

// The number under which civicum-reader finds its socket.
constexpr int reader_socket = 3;
// Above everything else on the host, so that the kernel's choice falls on a reader (kernel.md §2).
constexpr int reader_oom_score_adj = 900;

ChildStderr wanted_stderr() {
  // For whoever debugs a reader; libraries talk too much for anyone else.
  const char* wish = std::getenv("CIVICUM_READER_STDERR");
  return wish != nullptr && std::string_view(wish) == "inherit" ? ChildStderr::Inherit
                                                                : ChildStderr::Null;
}

}  // namespace

SpawnRequest reader_spawn_request(const ReaderCommand& command, int socket) {
  SpawnRequest request;
  request.program = command.program;
  request.args = {"--lang", command.lang, "--parent", std::to_string(getpid())};
  request.inherited_variables = {"TESSDATA_PREFIX", "ASAN_OPTIONS", "UBSAN_OPTIONS",
                                 "TSAN_OPTIONS"};
  // libgomp reads its limit before main; arenas and trimming keep a reader small (field.md §0.8).
  request.environment = {"OMP_THREAD_LIMIT=1", "MALLOC_ARENA_MAX=1", "LANG=C.UTF-8"};
  request.descriptors = {{socket, reader_socket}};
  request.cgroup_procs = command.cgroup_procs;
  request.stderr_to = wanted_stderr();
  request.oom_score_adj = reader_oom_score_adj;
  return request;
}

ReaderLink::ReaderLink(Loop& loop, Child child, Fd socket, ReaderEvents events)
    : child_(std::move(child)),
      socket_(loop, socket.release()),
      pidfd_(loop, fcntl(child_.pidfd(), F_DUPFD_CLOEXEC, 3)),
      events_(std::move(events)) {}

ReaderLink::~ReaderLink() { *is_alive_ = false; }

Result<std::unique_ptr<ReaderLink>> ReaderLink::start(Loop& loop, const ReaderCommand& command,
                                                      ReaderEvents events) {
  auto [ours, theirs] = TRY(stream_pair());
  Child child = TRY(Child::spawn(reader_spawn_request(command, theirs.get())));
  std::unique_ptr<ReaderLink> link(
      new ReaderLink(loop, std::move(child), std::move(ours), std::move(events)));
  link->watch_end();
  link->read_header();
  return link;
}

void ReaderLink::watch_end() {
  pidfd_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                    [this, alive = is_alive_](const error_code& failed) {
                      if (!*alive || failed) return;
                      const Result<WaitStatus> status = child_.wait();
                      events_.on_end(status ? *status : WaitStatus(Exited{-1}), fault_);
                    });
}

void ReaderLink::read_header() {
  buffer_.resize(protocol::frame_header_size);
  boost::asio::async_read(socket_, boost::asio::buffer(buffer_),
                          [this, alive = is_alive_](const error_code& failed, std::size_t) {
                            if (!*alive || failed) return;  // its end follows by pidfd
                            const auto header = protocol::decode_reply_header(buffer_);
                            if (!header) return break_off();
                            read_body(*header);
                          });
}

void ReaderLink::read_body(protocol::FrameHeader header) {
  buffer_.resize(header.body_size);
  boost::asio::async_read(socket_, boost::asio::buffer(buffer_),
                          [this, header, alive = is_alive_](const error_code& failed, std::size_t) {
                            if (!*alive || failed) return;
                            auto reply = protocol::decode_reply(header.type, buffer_);
                            if (!reply) return break_off();
                            std::string().swap(buffer_);
                            read_header();
                            events_.on_reply(*std::move(reply));
                          });
}

void ReaderLink::break_off() {
  fault_ = LinkFault::BrokeProtocol;
  kill();
}

void ReaderLink::send(const protocol::Request& request, std::span<const int> fds) {
  const std::string frame = protocol::encode(request);
  // Requests are small and one at a time: a socket that cannot take one whole is a reader that does
  // not read.
  socket_.native_non_blocking(true);
  const Result<std::size_t> sent = send_with_fds(socket_.native_handle(), frame, fds);
  if (!sent && (sent.error().os_error == EPIPE || sent.error().os_error == ECONNRESET)) return;
  if (!sent || *sent != frame.size()) break_off();
}

void ReaderLink::kill() { child_.kill(); }

}  // namespace civicum
