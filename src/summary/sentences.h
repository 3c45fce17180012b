// SPDX-License-Identifier: GPL-3.0-or-later
// Where sentences end, by ICU's rules and a list of Spanish abbreviations as Chilean offices and
// courts write them.
#pragma once

#include <unicode/brkiter.h>

#include <functional>
#include <memory>
#include <string_view>

namespace civicum {

class SentenceSplitter {
 public:
  SentenceSplitter();

  /// Calls `visit(begin, end)` for each sentence of a paragraph, in bytes, without white space at
  /// either end. Without ICU's data the paragraph is one sentence.
  void split(std::string_view paragraph,
             const std::function<void(std::size_t, std::size_t)>& visit);

 private:
  std::unique_ptr<icu::BreakIterator> breaks_;
};

}  // namespace civicum
