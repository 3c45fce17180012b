// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/library_errors.h"

#include <allheaders.h>

#include <array>
#include <string>

namespace civicum::library_errors {
namespace {

struct Tally {
  std::uint64_t message_count = 0;
  std::string allocation_failure;
  std::string error;
};

Tally& tally() {
  static Tally the_tally;
  return the_tally;
}

std::string without_end(std::string_view message) {
  return std::string(message.substr(0, message.find_last_not_of(" \n") + 1));
}

void note_leptonica(const char* message) {
  if (message != nullptr) note(message);
}

}  // namespace

bool is_allocation_failure(std::string_view message) {
  // Leptonica: "calloc fail for pixd", "pixdata_malloc fail"; Poppler: "Bogus memory allocation
  // size", "Out of memory"; libjpeg and libtiff: "Insufficient memory", "No space for".
  static constexpr std::array<std::string_view, 6> signs = {"alloc fail",   "emory allocation",
                                                            "ut of memory", "nsufficient memory",
                                                            "No space for", "bad_alloc"};
  for (const std::string_view sign : signs) {
    if (message.find(sign) != std::string_view::npos) return true;
  }
  return false;
}

void watch_leptonica() { leptSetStderrHandler(note_leptonica); }

void note(std::string_view message) {
  Tally& now = tally();
  ++now.message_count;
  if (!now.allocation_failure.empty() || !is_allocation_failure(message)) return;
  now.allocation_failure = without_end(message);
}

void note_error(std::string_view message) {
  note(message);
  Tally& now = tally();
  if (now.error.empty()) now.error = without_end(message);
}

std::string first_error() { return tally().error; }

void begin_page() { tally() = {}; }

Status verdict() {
  const Tally& now = tally();
  if (!now.allocation_failure.empty()) {
    return Error{ErrorKind::OutOfMemory, now.allocation_failure};
  }
  if (now.message_count > page_messages_max) {
    return Error{ErrorKind::Corrupt, "the page made a library complain " +
                                         std::to_string(now.message_count) + " times (limit " +
                                         std::to_string(page_messages_max) + ")"};
  }
  return Done{};
}

}  // namespace civicum::library_errors
