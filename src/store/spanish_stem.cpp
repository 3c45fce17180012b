// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/spanish_stem.h"

#include <libstemmer.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace civicum {
namespace {

/// Endings that always bear an accent, and how Snowball's Spanish algorithm (its "standard
/// suffixes") wants to see them.
constexpr std::array accented_endings = {
    std::pair<std::string_view, std::string_view>("cion", "ción"),
    std::pair<std::string_view, std::string_view>("logia", "logía"),
    std::pair<std::string_view, std::string_view>("logias", "logías")};

std::string with_accent(const std::string& form) {
  for (const auto& [plain, accented] : accented_endings) {
    if (form.ends_with(plain)) {
      return form.substr(0, form.size() - plain.size()).append(accented);
    }
  }
  return form;
}

bool is_latin(const std::string& form) {
  return std::all_of(form.begin(), form.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

/// "actas", "obras", "años": where a vowel comes first, Snowball takes no ending off so short a
/// word.
bool is_short_plural(const std::string& form) {
  return form.size() > 3 && (form.ends_with("as") || form.ends_with("os") || form.ends_with("es"));
}

}  // namespace

void SpanishStemmer::Delete::operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }

SpanishStemmer::SpanishStemmer() : stemmer_(sb_stemmer_new("spanish", "UTF_8")) {
  ENSURE(stemmer_ != nullptr);
}

std::string SpanishStemmer::stem(const std::string& form) {
  if (!is_latin(form)) return form;
  const std::string word = with_accent(form);
  const sb_symbol* stemmed =
      sb_stemmer_stem(stemmer_.get(), reinterpret_cast<const sb_symbol*>(word.data()),
                      static_cast<int>(word.size()));
  ENSURE(stemmed != nullptr);
  const std::string stem(reinterpret_cast<const char*>(stemmed),
                         static_cast<std::size_t>(sb_stemmer_length(stemmer_.get())));
  return stem == form && is_short_plural(form) ? form.substr(0, form.size() - 1) : stem;
}

}  // namespace civicum
