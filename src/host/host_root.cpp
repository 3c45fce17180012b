// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/host_root.h"

#include <charconv>

#include "os/fd.h"

namespace civicum {
namespace {

constexpr Bytes file_bytes_max = mib(1);

std::string_view trim(std::string_view text) {
  constexpr std::string_view white = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(white);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(white) - begin + 1);
}

}  // namespace

std::string HostRoot::at(std::string_view path) const {
  std::string full = prefix;
  while (full.ends_with('/')) full.pop_back();
  return full.append(path);
}

std::optional<std::string> HostRoot::read(std::string_view path) const {
  Result<std::string> content = read_file(at(path), file_bytes_max);
  if (!content) return std::nullopt;
  return *std::move(content);
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  const std::string_view digits = trim(text);
  std::uint64_t number = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, problem] = std::from_chars(digits.data(), end, number);
  if (digits.empty() || problem != std::errc() || stop != end) return std::nullopt;
  return number;
}

std::optional<std::string_view> find_line(std::string_view text, std::string_view name) {
  for (const std::string_view line : split(text, '\n')) {
    if (line.starts_with(name) && line.substr(name.size()).starts_with(':')) {
      return trim(line.substr(name.size() + 1));
    }
  }
  return std::nullopt;
}

std::optional<std::uint64_t> find_count(std::string_view text, std::string_view name) {
  for (const std::string_view line : split(text, '\n')) {
    const bool is_it =
        line.size() > name.size() && line.starts_with(name) && line[name.size()] == ' ';
    if (is_it) return parse_number(line.substr(name.size() + 1));
  }
  return std::nullopt;
}

std::optional<Bytes> find_kilobytes(std::string_view text, std::string_view name) {
  std::optional<std::string_view> value = find_line(text, name);
  if (!value || !value->ends_with(" kB")) return std::nullopt;
  value->remove_suffix(3);
  const std::optional<std::uint64_t> number = parse_number(*value);
  if (!number || *number > UINT64_MAX / 1024) return std::nullopt;
  return kib(*number);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  while (true) {
    const std::size_t end = text.find(separator);
    pieces.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return pieces;
    text.remove_prefix(end + 1);
  }
}

}  // namespace civicum
