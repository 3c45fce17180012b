// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/inputs.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "os/fd.h"

namespace civicum {
namespace {

namespace fs = std::filesystem;

// File names end at 255 bytes; room for ".json" and a clash's number.
constexpr std::size_t stem_name_bytes_max = 220;
constexpr std::size_t sniff_size = 1024;
// More than any document; what a pipe that never ends may take of the disk.
constexpr Bytes stream_bytes_max = gib(4);

std::string lower_extension(const std::string& path) {
  std::string extension = fs::path(path).extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension;
}

bool has_document_name(const std::string& path) {
  static const std::set<std::string, std::less<>> extensions = {".pdf",  ".png", ".jpg",
                                                                ".jpeg", ".tif", ".tiff"};
  return extensions.contains(lower_extension(path));
}

bool has_document_start(const std::string& path) {
  const auto fd = open_file(path, O_RDONLY | O_NONBLOCK);
  if (!fd) return false;
  std::array<char, sniff_size> buffer{};
  const auto size = pread_all(fd->get(), buffer, 0);
  if (!size) return false;
  const std::string_view start(buffer.data(), *size);
  return start.find("%PDF-") != std::string_view::npos || start.starts_with("\x89PNG\r\n\x1A\n") ||
         start.starts_with("\xFF\xD8\xFF") || start.starts_with(std::string_view("II*\0", 4)) ||
         start.starts_with(std::string_view("MM\0*", 4));
}

bool is_hidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

/// A link to nothing, a pipe, a device: what has a document's name is missed by someone.
void take_odd_entry(const std::string& path, Inputs& inputs) {
  struct stat info {};
  if (!has_document_name(path)) {
    ++inputs.passed_over;
  } else if (stat(path.c_str(), &info) != 0) {
    inputs.failures.push_back(
        {path, os_failure(kind_of_errno(errno), "cannot read " + path, errno)});
  } else if (!S_ISDIR(info.st_mode)) {
    inputs.failures.push_back(
        {path, {ErrorKind::BadInput, "cannot read " + path + ": not a regular file"}});
  }
}

void take_entry(const fs::directory_entry& entry, const fs::path& root, Inputs& inputs) {
  std::error_code ignored;
  const std::string path = entry.path().string();
  if (!entry.is_regular_file(ignored)) return take_odd_entry(path, inputs);
  if (!has_document_name(path) && !has_document_start(path)) {
    ++inputs.passed_over;
    return;
  }
  inputs.documents.push_back({path, entry.path().lexically_relative(root).string(), "", {}});
}

/// Device and inode; nothing where there is no such file.
std::optional<std::pair<dev_t, ino_t>> identity_of(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return std::nullopt;
  return std::pair(info.st_dev, info.st_ino);
}

struct Walk {
  fs::path root;
  std::optional<std::pair<dev_t, ino_t>> left_out;
};

void walk_folder(const fs::path& folder, const Walk& walk, Inputs& inputs) {
  std::error_code failed;
  for (fs::directory_iterator entry(folder, failed); !failed && entry != fs::directory_iterator();
       entry.increment(failed)) {
    if (is_hidden(entry->path())) continue;
    std::error_code ignored;
    const bool is_folder = entry->symlink_status(ignored).type() == fs::file_type::directory;
    if (!is_folder) {
      take_entry(*entry, walk.root, inputs);
    } else if (!walk.left_out || identity_of(entry->path().string()) != walk.left_out) {
      walk_folder(entry->path(), walk, inputs);
    }
  }
  if (failed) {
    inputs.failures.push_back(
        {folder.string(), os_failure(kind_of_errno(failed.value()),
                                     "cannot read the folder " + folder.string(), failed.value())});
  }
}

void read_folder(const std::string& folder, const std::string& out_folder, Inputs& inputs) {
  const std::size_t first = inputs.documents.size();
  walk_folder(folder, {folder, identity_of(out_folder)}, inputs);
  std::sort(inputs.documents.begin() + static_cast<std::ptrdiff_t>(first), inputs.documents.end(),
            [](const Input& a, const Input& b) { return a.name < b.name; });
}

std::string without_extension(const std::string& name) {
  const fs::path path(name);
  const fs::path stem = path.parent_path() / path.stem();
  return stem.string();
}

/// Cuts only the last part, keeping the folders.
std::string cut_name(const std::string& stem) {
  const fs::path path(stem);
  const std::string name = path.filename().string();
  return (path.parent_path() / std::string(cut_utf8(name, stem_name_bytes_max))).string();
}

bool is_stream(const std::string& path) {
  struct stat info {};
  return path == "-" || (stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode));
}

/// The input's bytes; its own failure goes to `failures` and leaves it without a spool.
Status spool_stream(Input& input, const std::string& folder, std::vector<InputFailure>& failures) {
  Fd stream;
  if (input.path != "-") {
    auto opened = open_file(input.path, O_RDONLY);
    if (!opened) {
      failures.push_back({input.path, opened.error()});
      return Done{};
    }
    stream = *std::move(opened);
  }
  struct stat info {};
  const bool is_folder =
      fstat(stream ? stream.get() : STDIN_FILENO, &info) == 0 && S_ISDIR(info.st_mode);
  if (is_folder) {
    failures.push_back({input.path,
                        {ErrorKind::BadInput, "cannot read " + input.name +
                                                  ": it is a folder; name it as an argument"}});
    return Done{};
  }
  Fd spool = TRY(open_spool(folder));
  const auto copied = copy_to(spool.get(), stream ? stream.get() : STDIN_FILENO, stream_bytes_max);
  if (copied) {
    input.spool = std::move(spool);
  } else if (copied.error().kind == ErrorKind::TooLarge) {
    failures.push_back(
        {input.path,
         {ErrorKind::TooLarge, "cannot read " + input.name + ": " + copied.error().what}});
  } else {
    return copied.error();
  }
  return Done{};
}

/// NAME, else NAME.EXT, else NAME-2, NAME-3 …
std::string free_stem(const Input& input, std::set<std::string>& taken) {
  std::string name = cut_name(without_extension(input.name));
  if (taken.insert(name).second) return name;
  std::string stem = cut_name(input.name);
  for (int number = 2; !taken.insert(stem).second; ++number) {
    stem = name + "-" + std::to_string(number);
  }
  return stem;
}

}  // namespace

Inputs expand_inputs(const std::vector<std::string>& arguments, const std::string& out_folder) {
  Inputs inputs;
  for (const std::string& argument : arguments) {
    if (argument == "-") {
      inputs.documents.push_back({"-", "stdin", "", {}});
      continue;
    }
    struct stat info {};
    if (stat(argument.c_str(), &info) != 0) {
      inputs.failures.push_back(
          {argument, os_failure(kind_of_errno(errno), "cannot read " + argument, errno)});
    } else if (S_ISDIR(info.st_mode)) {
      read_folder(argument, out_folder, inputs);
    } else if (!S_ISREG(info.st_mode) && !S_ISFIFO(info.st_mode)) {
      inputs.failures.push_back(
          {argument,
           {ErrorKind::BadInput,
            "cannot read " + argument + ": neither a file, a folder nor a pipe"}});
    } else {
      inputs.documents.push_back({argument, fs::path(argument).filename().string(), "", {}});
    }
  }
  name_results(inputs.documents);
  return inputs;
}

Status spool_streams(Inputs& inputs, const std::string& folder) {
  std::vector<Input> readable;
  for (Input& input : inputs.documents) {
    const bool needs_spool = is_stream(input.path);
    if (needs_spool) (void)TRY(spool_stream(input, folder, inputs.failures));
    if (!needs_spool || input.spool) readable.push_back(std::move(input));
  }
  inputs.documents = std::move(readable);
  return Done{};
}

void name_results(std::vector<Input>& inputs) {
  std::set<std::string> taken;
  for (Input& input : inputs) input.stem = free_stem(input, taken);
}

}  // namespace civicum
