// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/sovereignty.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <sstream>

#include "os/socket.h"
#include "os/temp_dir.h"

namespace civicum {
namespace {

constexpr auto answer_time_max = std::chrono::seconds(30);
constexpr const char* victim_program = "/bin/sleep";

Result<Fd> bind_socket(int type, const sockaddr_storage& address, socklen_t size) {
  Fd fd(socket(address.ss_family, type | SOCK_CLOEXEC, 0));
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  const bool is_bound = fd && bind(fd.get(), generic, size) == 0;
  if (is_bound && (type != SOCK_STREAM || listen(fd.get(), 16) == 0)) return fd;
  return last_os_failure("listen on this machine");
}

Result<Fd> bind_loopback(int type, std::uint16_t& port) {
  sockaddr_storage address{};
  auto& inet = reinterpret_cast<sockaddr_in&>(address);
  inet.sin_family = AF_INET;
  inet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  Fd fd = TRY(bind_socket(type, address, sizeof inet));
  socklen_t size = sizeof address;
  if (getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return last_os_failure("getsockname");
  }
  port = ntohs(inet.sin_port);
  return fd;
}

Result<Fd> bind_name(const std::string& name) {
  sockaddr_storage address{};
  auto& unix_address = reinterpret_cast<sockaddr_un&>(address);
  unix_address.sun_family = AF_UNIX;
  std::memcpy(unix_address.sun_path, name.data(),
              std::min(name.size(), sizeof unix_address.sun_path));
  return bind_socket(SOCK_STREAM, address,
                     static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size()));
}

/// Everything that there is to reach, as long as this lives.
struct Surroundings {
  EscapeTargets targets;
  TempDir folder;
  Child victim;
  std::vector<Fd> listeners = {};

  static Result<Surroundings> make() {
    SpawnRequest sleeper;
    sleeper.program = victim_program;
    sleeper.args = {"60"};
    Surroundings around{{}, TRY(TempDir::create()), TRY(Child::spawn(sleeper))};
    EscapeTargets& targets = around.targets;
    targets.victim = around.victim.pid();
    targets.folder = around.folder.path();
    targets.secret_file = targets.folder + "/secret";
    targets.unix_path = targets.folder + "/socket";
    targets.abstract_name = "civicum-doctor-" + std::to_string(getpid());
    const Fd secret = TRY(open_file(targets.secret_file, O_WRONLY | O_CREAT, 0600));
    (void)TRY(write_all(secret.get(), "secret"));
    around.listeners.push_back(TRY(bind_loopback(SOCK_STREAM, targets.tcp_port)));
    around.listeners.push_back(TRY(bind_loopback(SOCK_DGRAM, targets.udp_port)));
    around.listeners.push_back(TRY(bind_name(targets.unix_path)));
    around.listeners.push_back(TRY(bind_name(std::string(1, '\0') + targets.abstract_name)));
    return around;
  }
};

/// All that the child says before it ends.
Result<std::string> hear_out(int socket) {
  const auto end = std::chrono::steady_clock::now() + answer_time_max;
  std::string heard;
  std::array<char, 4096> piece{};
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    pollfd entry{socket, POLLIN, 0};
    if (left.count() <= 0 || poll(&entry, 1, static_cast<int>(left.count())) == 0) {
      return Error{ErrorKind::TimedOut, "the reader did not say what it could reach"};
    }
    const ssize_t count = read(socket, piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return heard;
    heard.append(piece.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace

std::size_t SovereigntyReport::count_through() const {
  return static_cast<std::size_t>(
      std::count_if(results.begin(), results.end(),
                    [](const EscapeResult& result) { return result.refusal_inside == 0; }));
}

Result<SovereigntyReport> probe_sovereignty(const ReaderCommand& command, ReaderCages& cages) {
  const Surroundings around = TRY(Surroundings::make());
  auto [ours, theirs] = TRY(stream_pair());
  const std::optional<Cage> cage = cages.make();
  SpawnRequest request = reader_spawn_request(command, theirs.get());
  if (cage) request.cgroup_procs = cage->procs_fds();
  request.args.insert(request.args.end(), {"--escape", encode(around.targets)});
  const Child reader = TRY(Child::spawn(request));
  theirs = Fd();
  const std::string heard = TRY(hear_out(ours.get()));

  const std::vector<EscapeAttempt> attempts = escape_attempts(around.targets);
  const std::vector<std::optional<int>> outside = try_on_this_machine(around.targets);
  std::istringstream words(heard);
  SovereigntyReport report;
  words >> report.sandbox;
  if (cage) report.sandbox.append("+").append(cages.level());
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    int refusal = 0;
    if (!(words >> refusal)) {
      return Error{ErrorKind::Unavailable, "the reader ended before it had tried everything"};
    }
    report.results.push_back({attempts[i].name, attempts[i].kind, refusal, outside[i]});
  }
  return report;
}

std::string refused_by(EscapeKind kind, int refusal) {
  if (refusal == ENETUNREACH) return "network namespace";
  if (refusal == EACCES) return "Landlock";
  if (refusal == EPERM || refusal == ENOSYS) return "seccomp";
  return kind == EscapeKind::Files ? "Landlock" : "the kernel";
}

}  // namespace civicum
