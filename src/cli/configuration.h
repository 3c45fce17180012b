// SPDX-License-Identifier: GPL-3.0-or-later
// civicum.toml: what would otherwise stand on every command line. Read once, checked whole: a key
// that is not known is an error, because a rule that was mistyped would not hold.
//
//   store = "postgres://db.lan/archivo"              as --store
//   data = "/srv/civicum"                            as --data; an absolute path
//   blobs = "dir:/srv/originales"                    as --blobs, for that store
//   allow_hosts = ["10.0.0.0/8", "192.168.1.7", "db.lan"]
//                                                    private hosts that a store may be on
//
// Format: TOML 1.0.
#pragma once

#include <string>

#include "base/result.h"
#include "os/allowed_hosts.h"

namespace civicum {

struct Configuration {
  std::string data_folder;  ///< empty: not said
  std::string store;
  std::string blobs;  ///< of that store
  AllowedHosts allowed_hosts;
};

/// BadInput with the file's name and the line; Denied or NotFound where it cannot be read.
Result<Configuration> load_configuration(const std::string& path);

/// What `variable` names, or else `below_home` in the home folder; empty where there is neither.
/// Source: XDG Base Directory Specification.
std::string xdg_home(const char* variable, const std::string& below_home);

/// civicum/civicum.toml in the XDG configuration home, where it is there; else empty.
std::string default_configuration_path();

}  // namespace civicum
