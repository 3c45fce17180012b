// SPDX-License-Identifier: GPL-3.0-or-later
// The table of contents: every command, and the file that holds it (cli/NAME_command.cpp).
#include <array>
#include <csignal>
#include <cstdio>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/talk.h"
#include "cli/version.h"
#include "os/fd.h"

namespace {

constexpr std::array commands = {
    civicum::Command{"read", "read documents into text, fields and a summary", civicum::run_read},
    civicum::Command{"add", "hand documents in to a store, to be read later", civicum::run_add},
    civicum::Command{"worker", "read what was handed in to a store", civicum::run_worker},
    civicum::Command{"docs", "documents of a store: list, show, text, search, export, remove, wait",
                     civicum::run_docs},
    civicum::Command{"jobs", "the work on them: list, show, retry, cancel", civicum::run_jobs},
    civicum::Command{"plan", "who gets how much of the memory, and why", civicum::run_plan},
    civicum::Command{"status", "who holds what of it now, and why pages wait", civicum::run_status},
    civicum::Command{"top", "the same, again and again", civicum::run_top},
    civicum::Command{"doctor", "what is wrong with this machine, and whether readers are locked in",
                     civicum::run_doctor},
    civicum::Command{"store", "the store itself: init, copy, check", civicum::run_store},
};

void print_help(std::FILE* out) {
  std::fputs(
      "civicum: reads documents on a machine you own, and never falls over\n\n"
      "usage: civicum COMMAND …\n\ncommands:\n",
      out);
  for (const civicum::Command& command : commands) {
    std::fprintf(out, "  %-8s %s\n", command.name.data(), command.summary.data());
  }
  std::fputs(
      "\n  civicum COMMAND --help tells everything about a command\n"
      "  civicum --version\n",
      out);
}

/// Nothing of ours throws; libraries do where the machine has run out of something (Boost's
/// system_error is a runtime_error).
int run(const civicum::Command& command, const std::vector<std::string>& arguments) {
  try {
    return command.run(arguments);
  } catch (const std::bad_alloc&) {
    civicum::talk("civicum: out of memory");
    return civicum::exit_unavailable;
  } catch (const std::runtime_error& error) {
    civicum::talk(std::string("civicum: the system refused: ") + error.what() +
                  " (ulimit -a shows the limits)");
    return civicum::exit_unavailable;
  }
}

}  // namespace

int main(int argc, char** argv) {
  civicum::hold_standard_streams();
  // A file that grows over ulimit -f is an error of its write, not the end of the process.
  (void)std::signal(SIGXFSZ, SIG_IGN);
  // Nor is a reader that has gone away: what a command has in hand is put away before it ends.
  (void)std::signal(SIGPIPE, SIG_IGN);
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.empty()) {
    print_help(stderr);
    return civicum::exit_bad_usage;
  }
  if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    print_help(stdout);
    return civicum::exit_well;
  }
  if (words[0] == "--version") {
    std::printf("civicum %s\n", civicum::version);
    return civicum::exit_well;
  }
  for (const civicum::Command& command : commands) {
    if (words[0] == command.name) return run(command, {words.begin() + 1, words.end()});
  }
  std::fprintf(stderr, "civicum: no command '%s'; civicum --help lists them\n", words[0].c_str());
  return civicum::exit_bad_usage;
}
