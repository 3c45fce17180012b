// SPDX-License-Identifier: GPL-3.0-or-later
// Tesseract's language files, opened before the sandbox closes and read through their descriptors
// afterwards: "spa.traineddata", and, where they are installed, osd for pages whose picture does
// not tell which way is up and eng for the "@" that the Spanish model does not know.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "os/fd.h"

namespace civicum {

class LanguageData {
 public:
  /// `languages` is "spa" or "spa+eng". NotFound where a file is missing, naming its package.
  static Result<LanguageData> open(const std::string& languages, const std::string& folder);

  const std::string& languages() const { return languages_; }
  bool has(std::string_view language) const;
  static constexpr std::string_view orientation_model = "osd";
  static constexpr std::string_view mail_model = "eng";
  /// Answers Tesseract's FileReader for "…/spa.traineddata".
  bool read(std::string_view file_name, std::vector<char>& out) const;

 private:
  struct Entry {
    std::string language;
    Fd file;
    std::size_t size = 0;
  };
  static Result<Entry> open_entry(const std::string& language, const std::string& folder);
  std::string languages_;
  std::vector<Entry> entries_;
};

/// The folder that holds `language`.traineddata: TESSDATA_PREFIX, then where distributions put it.
/// NotFound names the folders tried and the package that brings the file.
Result<std::string> find_tessdata(const std::string& language);

}  // namespace civicum
