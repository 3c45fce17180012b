// SPDX-License-Identifier: GPL-3.0-or-later
// What an administrator has to run where civicum may not make a store's role, database or schema by
// itself, as lines to be pasted into a shell. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace civicum {

/// Who runs the commands, and how the server's own system user is reached from there.
enum class PgBecome : std::uint8_t { NotNeeded, Sudo, Runuser };

struct PgGap {
  std::string role;
  std::string database;
  std::string socket_folder;  ///< empty: the server's default
  std::string port;           ///< empty: the default
  std::string server_user = "postgres";
  std::string url;  ///< of the store, as --store takes it, without its password
  PgBecome become = PgBecome::Sudo;
  std::string init_as;  ///< the system user that init is run by; empty: as now
  bool is_role_missing = false;
  bool is_database_missing = false;
  bool is_schema_missing = false;
  bool has_password = false;
};

/// Ends with `civicum store init` once more.
std::vector<std::string> commands_for(const PgGap& gap);

/// As one word of a shell.
std::string shell_word(const std::string& text);
/// As a name in SQL.
std::string sql_name(std::string_view name);

/// As libpq reads a setting: dbname='archivo'.
std::string connection_pair(std::string_view keyword, std::string_view value);

/// A postgres:// URL as it is, but for its password.
std::string without_password(const std::string& url);

}  // namespace civicum
