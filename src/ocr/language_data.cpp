// SPDX-License-Identifier: GPL-3.0-or-later
#include "ocr/language_data.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <utility>

namespace civicum {
namespace {

constexpr std::string_view suffix = ".traineddata";
/// The largest published one has 70 MB.
constexpr off_t file_size_max = off_t{256} << 20;

std::string file_name_of(std::string_view language) {
  return std::string(language) + std::string(suffix);
}

/// Debian's package of a language: chi_sim comes with tesseract-ocr-chi-sim.
std::string package_of(std::string_view language) {
  std::string name(language);
  std::ranges::replace(name, '_', '-');
  return "tesseract-ocr-" + name;
}

/// A language is part of a file name: letters, digits, '_' and '-' only.
bool is_language(std::string_view language) {
  return !language.empty() && language.size() <= 32 && std::ranges::all_of(language, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

Result<std::vector<std::string>> split_languages(const std::string& languages) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= languages.size();) {
    const std::size_t end = std::min(languages.find('+', begin), languages.size());
    parts.push_back(languages.substr(begin, end - begin));
    if (!is_language(parts.back())) {
      return Error{ErrorKind::BadInput,
                   "'" + languages + "' is not a list of languages such as spa or spa+eng"};
    }
    begin = end + 1;
  }
  return parts;
}

std::vector<std::string> candidate_folders() {
  std::vector<std::string> folders;
  if (const char* prefix = std::getenv("TESSDATA_PREFIX"); prefix != nullptr && *prefix != 0) {
    folders.emplace_back(prefix);
    folders.push_back(folders.front() + "/tessdata");
  }
  folders.emplace_back("/usr/share/tesseract-ocr/5/tessdata");
  std::error_code ignored;
  std::vector<std::string> versions;
  for (const auto& entry :
       std::filesystem::directory_iterator("/usr/share/tesseract-ocr", ignored)) {
    const std::string folder = entry.path().string() + "/tessdata";
    if (folder != folders.back()) versions.push_back(folder);
  }
  std::ranges::sort(versions, std::greater{});
  folders.insert(folders.end(), versions.begin(), versions.end());
  folders.emplace_back("/usr/share/tessdata");
  folders.emplace_back("/usr/local/share/tessdata");
  return folders;
}

}  // namespace

Result<LanguageData::Entry> LanguageData::open_entry(const std::string& language,
                                                     const std::string& folder) {
  const std::string path = folder + "/" + file_name_of(language);
  auto file = open_file(path, O_RDONLY);
  if (!file) {
    file.error().what += "; install " + package_of(language);
    return std::move(file).error();
  }
  struct stat facts {};
  if (::fstat(file->get(), &facts) != 0) return last_os_failure("stat " + path);
  if (!S_ISREG(facts.st_mode) || facts.st_size <= 0 || facts.st_size > file_size_max) {
    return Error{ErrorKind::Corrupt,
                 path + " is no language file; reinstall " + package_of(language)};
  }
  return Entry{language, *std::move(file), static_cast<std::size_t>(facts.st_size)};
}

Result<LanguageData> LanguageData::open(const std::string& languages, const std::string& folder) {
  LanguageData data;
  data.languages_ = languages;
  for (const std::string& language : TRY(split_languages(languages))) {
    data.entries_.push_back(TRY(open_entry(language, folder)));
  }
  for (const std::string_view model : {orientation_model, mail_model}) {
    if (data.has(model)) continue;
    if (auto entry = open_entry(std::string(model), folder); entry) {
      data.entries_.push_back(*std::move(entry));
    }
  }
  return data;
}

bool LanguageData::has(std::string_view language) const {
  return std::ranges::any_of(entries_, [&](const Entry& e) { return e.language == language; });
}

bool LanguageData::read(std::string_view file_name, std::vector<char>& out) const {
  const std::string_view base = file_name.substr(file_name.rfind('/') + 1);
  for (const Entry& entry : entries_) {
    if (base != file_name_of(entry.language)) continue;
    out.resize(entry.size);
    const auto size = pread_all(entry.file.get(), out, 0);
    return size && *size == entry.size;
  }
  return false;
}

Result<std::string> find_tessdata(const std::string& language) {
  if (!is_language(language)) {
    return Error{ErrorKind::BadInput, "'" + language + "' is not the name of a language"};
  }
  std::string tried;
  for (const std::string& folder : candidate_folders()) {
    std::error_code ignored;
    if (std::filesystem::exists(folder + "/" + file_name_of(language), ignored)) return folder;
    tried += (tried.empty() ? "" : ", ") + folder;
  }
  return Error{ErrorKind::NotFound, "no " + file_name_of(language) + " in " + tried + "; install " +
                                        package_of(language)};
}

}  // namespace civicum
