// SPDX-License-Identifier: GPL-3.0-or-later
// A driver of bench/queue: one mode a run, chosen by its first word; what fails ends it with a
// sentence.
#pragma once

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace driver {

[[noreturn]] inline void give_up(const std::string& what) {
  std::fprintf(stderr, "bench: %s\n", what.c_str());
  std::exit(1);
}

template <typename T>
T must(civicum::Result<T> result) {
  if (!result) give_up(result.error().what);
  return *std::move(result);
}

template <typename T = std::uint32_t>
T number_of(const std::string& word) {
  T number = 0;
  const auto read = std::from_chars(word.data(), word.data() + word.size(), number);
  if (read.ec != std::errc() || number == 0) give_up("not a count: " + word);
  return number;
}

struct Mode {
  std::string_view name;
  std::string_view words;  ///< what it takes, for people
  std::size_t word_count;
  void (*run)(const std::vector<std::string>& words);
};

/// The exit status.
inline int run_mode(std::span<const Mode> modes, int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  for (const Mode& mode : modes) {
    if (words.size() == mode.word_count + 1 && words[0] == mode.name) {
      mode.run({words.begin() + 1, words.end()});
      return 0;
    }
  }
  for (const Mode& mode : modes) fmt::print(stderr, "{} {} {}\n", argv[0], mode.name, mode.words);
  return 2;
}

}  // namespace driver
