// SPDX-License-Identifier: GPL-3.0-or-later
// civicum-reader: parses documents, and may do nothing else. Started by civicum with a socket at
// descriptor 3; never by a person. Opens what it needs, closes the sandbox behind itself, then
// serves requests until its parent is gone.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/text.h"
#include "os/escape.h"
#include "os/sandbox.h"
#include "reader/session.h"

namespace {

using namespace civicum;

constexpr int socket_fd = 3;
constexpr int exit_usage = 2;
constexpr int exit_lost = 1;

struct Arguments {
  std::string lang;
  pid_t parent = 0;
  std::string escape;  ///< targets of os/escape.h: try to reach them instead of reading
};

std::optional<Arguments> parse(const std::vector<std::string>& words) {
  Arguments arguments;
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    if (words[i] == "--lang") arguments.lang = words[i + 1];
    if (words[i] == "--escape") arguments.escape = words[i + 1];
    if (words[i] == "--parent") arguments.parent = std::atoi(words[i + 1].c_str());
  }
  if (arguments.lang.empty() || arguments.parent <= 0) return std::nullopt;
  return arguments;
}

/// What Poppler opens while it renders: fonts that a PDF names without holding them, and CMaps.
SandboxPolicy sandbox_policy(pid_t parent) {
  SandboxPolicy policy;
  policy.readable_paths = {"/usr/share/fonts",
                           "/usr/local/share/fonts",
                           "/etc/fonts",
                           "/usr/share/fontconfig",
                           "/var/cache/fontconfig",
                           "/usr/share/poppler",
                           "/usr/share/ghostscript/fonts",
                           "/usr/share/texmf/fonts"};
  policy.parent_pid = parent;
  return policy;
}

/// The level, and what each attempt was answered, on one line.
int tell_escape(const std::string& encoded, const SandboxLevel& level) {
  const Result<EscapeTargets> targets = decode_escape_targets(encoded);
  if (!targets) return exit_usage;
  std::string line = name_of(level);
  for (const int refusal : try_to_escape(*targets)) line += " " + std::to_string(refusal);
  return write_all(socket_fd, line + "\n") ? 0 : exit_lost;
}

int serve(const Arguments& arguments) {
  Channel channel{Fd(socket_fd)};
  Result<LanguageData> languages = open_language_data(arguments.lang);
  Result<SelfMeter> meter = SelfMeter::open();
  if (!languages || !meter) {
    const Error& error = languages ? meter.error() : languages.error();
    const bool is_missing = error.kind == ErrorKind::NotFound;
    (void)channel.send(protocol::StartFailed{
        one_line(error.what),
        is_missing ? protocol::StartFailed::Why::Language : protocol::StartFailed::Why::Other});
    return exit_lost;
  }
  prepare_document_libraries();
  const Result<SandboxLevel> level = enter_sandbox(sandbox_policy(arguments.parent));
  if (!level) {
    (void)channel.send(
        protocol::StartFailed{one_line(level.error().what), protocol::StartFailed::Why::Other});
    return exit_lost;
  }
  if (!arguments.escape.empty()) return tell_escape(arguments.escape, *level);
  // From here on nothing can be reached but the socket, the descriptors that come over it, and
  // fonts.
  ReaderSession session(std::move(channel), *std::move(languages), *std::move(meter));
  return session.run({name_of(*level)}) ? 0 : exit_lost;
}

}  // namespace

int main(int argc, char** argv) {
  const std::optional<Arguments> arguments = parse({argv + 1, argv + argc});
  if (!arguments) {
    std::fputs("civicum-reader is started by civicum\n", stderr);
    return exit_usage;
  }
  // Straight out: the libraries' destructors have nothing to save, and would run for as long as a
  // start.
  std::_Exit(serve(*arguments));
}
