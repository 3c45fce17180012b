// SPDX-License-Identifier: GPL-3.0-or-later
// Where a PostgreSQL server is, and whether it may be used: documents never leave the machine, so
// only unix sockets and loopback addresses are. What the environment or a service file would add
// (PGHOSTADDR, PGSERVICE …) is looked at as if it stood in the URL.
#pragma once

#include <map>
#include <string>

#include "base/result.h"

namespace civicum {

struct PgTarget {
  std::map<std::string, std::string> options;  ///< by libpq's keywords; complete
  std::string name;                            ///< for people: without a password
};

/// `url`: postgres://… or postgresql://…, as libpq reads them. BadInput where it is no such URL;
/// Refused where a host is neither a socket nor loopback.
Result<PgTarget> parse_pg_target(const std::string& url);

/// True of "/folder", "@abstract", localhost, 127.0.0.0/8 and ::1.
bool is_local_host(const std::string& host);

}  // namespace civicum
