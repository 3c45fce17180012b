// SPDX-License-Identifier: GPL-3.0-or-later
// Where a PostgreSQL server is, and whether it may be used: documents never leave the machine but
// for private hosts that the configuration names (os/allowed_hosts.h). What the environment or a
// service file would add (PGHOSTADDR, PGSERVICE …) is looked at as if it stood in the URL. Every
// name has become an address here, which libpq connects to without asking again.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "os/allowed_hosts.h"

namespace civicum {

inline constexpr const char* default_socket_folder = "/var/run/postgresql";
inline constexpr const char* default_port = "5432";

/// One server to try: a socket (its folder, or an abstract name), or a numeric address and the name
/// that it was given by.
struct PgEndpoint {
  std::string host;
  std::string address;  ///< empty: a socket
  std::string port;
};

struct PgTarget {
  std::vector<PgEndpoint> endpoints;           ///< tried in this order; never empty
  std::map<std::string, std::string> options;  ///< by libpq's keywords; all others, complete
  std::string name;                            ///< for people: without a password
  std::string url;                             ///< as it was given, without a password

  /// Empty where it is not set.
  std::string option(const std::string& keyword) const;
  /// Called as the role where it is not named.
  std::string database() const;
};

/// `url`: postgres://…, or NAME=VALUE pairs as "host=/run/postgresql dbname=archivo", as libpq
/// reads them. BadInput where it is no such URL; Refused where a host may not be connected to;
/// Unavailable where a name has no address.
Result<PgTarget> parse_pg_target(const std::string& url, const AllowedHosts& allowed = {},
                                 const HostResolver& resolve = resolve_host);

}  // namespace civicum
