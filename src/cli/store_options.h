// SPDX-License-Identifier: GPL-3.0-or-later
// What every command that touches documents takes: --data, --store, --config, --blobs; and what
// they mean. What stands on the command line comes first, then the environment, then the
// configuration.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "os/file_lock.h"
#include "store/store.h"

namespace CLI {
class App;
}

namespace civicum {

struct StorePlace {
  std::string data_folder;
  std::string store;          ///< as Store::open() takes it
  std::string blobs;          ///< as Store::open_blobs() takes it
  std::string configuration;  ///< its path
  AllowedHosts allowed_hosts;
};

/// `place` must outlive the parsing.
void add_store_options(CLI::App& app, StorePlace& place);
void add_blobs_option(CLI::App& app, StorePlace& place);

/// After the parsing: fills in what was not said from the configuration and the defaults. BadInput
/// where the configuration is not good or there is no place for data.
Status settle(StorePlace& place);

/// Makes the folder with its parents; `mode` 0: as the umask says. Denied where it cannot be
/// written in.
Status make_folder(const std::string& folder, mode_t mode);

/// Opens the store in the data folder, or wherever it is, and makes the folder.
Result<Store> open_store(const StorePlace& place, IfMissing missing = IfMissing::Make);

/// civicum-reader, which lies beside this program.
Result<std::string> reader_beside_us();

/// `owner.lock` in a folder that belongs to one process at a time. Waits for the one that has it,
/// and says so.
Result<FileLock> own_folder(const std::string& folder);
/// Empty where another process has it.
Result<std::optional<FileLock>> try_own_folder(const std::string& folder);
/// Who has it, for people.
std::string owner_of(const std::string& folder);

}  // namespace civicum
