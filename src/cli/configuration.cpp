// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/configuration.h"

#include <toml++/toml.h>

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "os/fd.h"

namespace civicum {
namespace {

namespace fs = std::filesystem;

constexpr Bytes file_bytes_max = kib(64);

/// One file while it is taken apart.
class Parser {
 public:
  explicit Parser(const std::string& path) : path_(path) {}

  Result<Configuration> parse(const std::string& text) {
    const toml::table table = TRY(table_of(text));
    for (const auto& [key, value] : table) (void)TRY(take(std::string(key.str()), value));
    return std::move(configuration_);
  }

 private:
  Error error(const toml::source_region& where, const std::string& what) const {
    return {ErrorKind::BadInput,
            path_ + ", line " + std::to_string(where.begin.line) + ": " + what};
  }

  Result<toml::table> table_of(const std::string& text) const {
    try {
      return toml::parse(text, path_);
    } catch (const toml::parse_error& failed) {
      return error(failed.source(), std::string(failed.description()));
    }
  }

  Result<std::string> text_of(const std::string& key, const toml::node& value) const {
    const std::optional<std::string> text = value.value_exact<std::string>();
    if (text && !text->empty()) return *text;
    return error(value.source(), key + " must be a text in quotation marks");
  }

  Status take_text(std::string& into, const std::string& key, const toml::node& value) const {
    into = TRY(text_of(key, value));
    return Done{};
  }

  Status take(const std::string& key, const toml::node& value) {
    if (key == "store") return take_text(configuration_.store, key, value);
    if (key == "blobs") return take_text(configuration_.blobs, key, value);
    if (key == "data") return take_data(value);
    if (key == "allow_hosts") return take_hosts(value);
    return error(value.source(),
                 "\"" + key + "\" is not known; what is: store, blobs, data, allow_hosts");
  }

  Status take_data(const toml::node& value) {
    configuration_.data_folder = TRY(text_of("data", value));
    if (configuration_.data_folder.starts_with('/')) return Done{};
    return error(value.source(), "data must be a path from the root: /…");
  }

  Status take_hosts(const toml::node& value) {
    const toml::array* entries = value.as_array();
    if (entries == nullptr) {
      return error(value.source(), "allow_hosts must be a list, as [\"10.0.0.0/8\", \"db.lan\"]");
    }
    for (const toml::node& entry : *entries) {
      const Status added = configuration_.allowed_hosts.add(TRY(text_of("allow_hosts", entry)));
      if (!added) return error(entry.source(), "allow_hosts: " + added.error().what);
    }
    return Done{};
  }

  const std::string& path_;
  Configuration configuration_;
};

}  // namespace

Result<Configuration> load_configuration(const std::string& path) {
  const Result<std::string> text = read_file(path, file_bytes_max);
  if (!text) {
    return Error{text.error().kind, "the configuration cannot be read: " + text.error().what};
  }
  return Parser(path).parse(*text);
}

std::string xdg_home(const char* variable, const std::string& below_home) {
  const char* named = std::getenv(variable);
  if (named != nullptr && named[0] == '/') return named;
  const char* home = std::getenv("HOME");
  return home != nullptr && home[0] == '/' ? home + ("/" + below_home) : "";
}

std::string default_configuration_path() {
  const std::string folder = xdg_home("XDG_CONFIG_HOME", ".config");
  if (folder.empty()) return "";
  const std::string path = folder + "/civicum/civicum.toml";
  std::error_code ignored;  // a home that is another user's: HOME outlives setpriv and sudo
  return fs::exists(path, ignored) ? path : "";
}

}  // namespace civicum
