// SPDX-License-Identifier: GPL-3.0-or-later
// Spanish stems by Snowball (libstemmer), of forms as search_words.h makes them: without accents.
// Snowball knows some endings only with their accent ("ción"), so those get it back first; then
// "resolución", "resolucion" and "resoluciones" have one stem, and whoever writes without accents
// finds the same. Short plurals that it leaves alone lose their s here.
//
// Stems are kept in stores: another release of libstemmer may make others for a few words, and then
// pages that were indexed before are found by those words only after they are indexed again.
#pragma once

#include <memory>
#include <string>

struct sb_stemmer;

namespace civicum {

/// One thread.
class SpanishStemmer {
 public:
  SpanishStemmer();
  /// Words with digits or letters that are not Latin are their own stem.
  std::string stem(const std::string& form);

 private:
  struct Delete {
    void operator()(sb_stemmer* stemmer) const;
  };
  std::unique_ptr<sb_stemmer, Delete> stemmer_;
};

}  // namespace civicum
