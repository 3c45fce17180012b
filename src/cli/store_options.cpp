// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/store_options.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <climits>
#include <cstdlib>
#include <filesystem>

#include "cli/configuration.h"
#include "cli/talk.h"

namespace civicum {

namespace fs = std::filesystem;

namespace {

std::string owner_lock(const std::string& folder) { return folder + "/owner.lock"; }

/// Empty where neither XDG_DATA_HOME nor HOME is set.
std::string default_data_folder() {
  const std::string folder = xdg_home("XDG_DATA_HOME", ".local/share");
  return folder.empty() ? "" : folder + "/civicum";
}

/// By hand: CLI11 asks the environment for the options of every subcommand, and the last one wins.
void take_environment(const char* name, std::string& value) {
  const char* said = value.empty() ? std::getenv(name) : nullptr;
  if (said != nullptr) value = said;
}

}  // namespace

void add_store_options(CLI::App& app, StorePlace& place) {
  app.add_option("--data", place.data_folder,
                 "Folder of the store, and of what is kept beside it (default: civicum/ in the XDG "
                 "data home)")
      ->type_name("DIR");
  app.add_option("--store", place.store,
                 "Where documents and pages are kept: sqlite:PATH (default: civicum.sqlite in the "
                 "data folder), postgres://… or \"host=FOLDER dbname=NAME\"; also CIVICUM_STORE")
      ->type_name("URL");
  app.add_option(
         "--config", place.configuration,
         "Settings, as TOML: store, blobs, data, allow_hosts (default: civicum/civicum.toml in "
         "the XDG configuration home, where it is there); also CIVICUM_CONFIG")
      ->type_name("FILE");
}

void add_blobs_option(CLI::App& app, StorePlace& place) {
  app.add_option("--blobs", place.blobs,
                 "Where originals are kept: dir:PATH (default: blobs/ beside a SQLite store, "
                 "PostgreSQL itself); also CIVICUM_BLOBS")
      ->type_name("PLACE");
}

Status settle(StorePlace& place) {
  take_environment("CIVICUM_STORE", place.store);
  take_environment("CIVICUM_BLOBS", place.blobs);
  take_environment("CIVICUM_CONFIG", place.configuration);
  if (place.configuration.empty()) place.configuration = default_configuration_path();
  if (!place.configuration.empty()) {
    Configuration configuration = TRY(load_configuration(place.configuration));
    if (place.data_folder.empty()) place.data_folder = std::move(configuration.data_folder);
    if (place.store.empty()) {
      place.store = std::move(configuration.store);
      if (place.blobs.empty()) place.blobs = std::move(configuration.blobs);
    }
    place.allowed_hosts = std::move(configuration.allowed_hosts);
  }
  if (place.data_folder.empty()) place.data_folder = default_data_folder();
  if (!place.data_folder.empty()) return Done{};
  return Error{ErrorKind::BadInput, "no home folder for the store: set HOME or pass --data DIR"};
}

Status make_folder(const std::string& folder, mode_t mode) {
  std::error_code failed;
  fs::create_directories(fs::path(folder), failed);
  if (failed) {
    return os_failure(kind_of_errno(failed.value()), "cannot make the folder " + folder,
                      failed.value());
  }
  if (access(folder.c_str(), W_OK | X_OK) != 0) {
    return os_failure(ErrorKind::Denied, "cannot write in the folder " + folder, errno);
  }
  if (mode != 0) (void)chmod(folder.c_str(), mode);
  return Done{};
}

Result<Store> open_store(const StorePlace& place, IfMissing missing) {
  // Of a store elsewhere the folder holds spools only: where one is needed, it is said.
  const Status made = make_folder(place.data_folder, 0700);
  if (!made && place.store.empty()) return made.error();
  return Store::open(place.store, place.data_folder, place.allowed_hosts, missing);
}

Result<std::string> reader_beside_us() {
  std::string path(PATH_MAX, '\0');
  const ssize_t size = readlink("/proc/self/exe", path.data(), path.size());
  if (size <= 0) return os_failure(ErrorKind::Unavailable, "cannot find civicum-reader", errno);
  path.resize(static_cast<std::size_t>(size));
  return fs::path(path).replace_filename("civicum-reader").string();
}

Result<FileLock> own_folder(const std::string& folder) {
  std::optional<FileLock> lock = TRY(try_own_folder(folder));
  if (lock) return *std::move(lock);
  talk(fmt::format("civicum: waiting: {} uses {}; --data DIR reads beside it", owner_of(folder),
                   folder));
  return FileLock::take(owner_lock(folder));
}

Result<std::optional<FileLock>> try_own_folder(const std::string& folder) {
  return FileLock::try_take(owner_lock(folder));
}

std::string owner_of(const std::string& folder) {
  return fmt::format("process {}", FileLock::holder(owner_lock(folder)));
}

}  // namespace civicum
