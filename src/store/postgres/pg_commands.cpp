// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/postgres/pg_commands.h"

#include <algorithm>

namespace civicum {
namespace {

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("_-./:@%+,=").find(c) != std::string_view::npos;
}

std::string as_user(const std::string& user, PgBecome become) {
  if (become == PgBecome::Runuser) return "runuser -u " + shell_word(user) + " -- ";
  return "sudo -u " + shell_word(user) + " ";
}

/// A client program of PostgreSQL, at this server.
std::string at_server(const PgGap& gap, const std::string& program) {
  std::string command =
      gap.become == PgBecome::NotNeeded ? "" : as_user(gap.server_user, gap.become);
  command += program;
  if (!gap.socket_folder.empty()) command += " -h " + shell_word(gap.socket_folder);
  if (!gap.port.empty()) command += " -p " + gap.port;
  return command;
}

/// psql takes a name with "=" or "://" for more than a name.
std::string connection_word(const std::string& database) {
  if (database.find('=') == std::string::npos && database.find("://") == std::string::npos) {
    return shell_word(database);
  }
  return shell_word(connection_pair("dbname", database));
}

/// Where what stands before "@" ends; npos where nothing does.
std::size_t end_of_login(const std::string& url, std::size_t begin) {
  const std::size_t end = url.find_first_of("@/", begin);
  return end != std::string::npos && url[end] == '@' ? end : std::string::npos;
}

/// The key may be written with "%", too.
bool may_be_password(std::string_view parameter) {
  const std::string_view key = parameter.substr(0, parameter.find('='));
  return key.ends_with("password") || key.find('%') != std::string_view::npos;
}

std::string query_without_password(std::string_view query) {
  std::string kept;
  while (!query.empty()) {
    const std::string_view parameter = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), parameter.size() + 1));
    if (may_be_password(parameter)) continue;
    kept += kept.empty() ? '?' : '&';
    kept += parameter;
  }
  return kept;
}

}  // namespace

std::string shell_word(const std::string& text) {
  if (!text.empty() && std::all_of(text.begin(), text.end(), is_plain)) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string sql_name(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

std::string connection_pair(std::string_view keyword, std::string_view value) {
  std::string pair = std::string(keyword) + "='";
  for (const char c : value) {
    if (c == '\'' || c == '\\') pair += '\\';
    pair += c;
  }
  return pair + "'";
}

std::string without_password(const std::string& url) {
  const std::size_t begin = url.find("://") + 3;
  const std::size_t login_end = end_of_login(url, begin);
  std::string kept = url;
  std::size_t query = kept.find('?', login_end == std::string::npos ? begin : login_end);
  if (query != std::string::npos) {
    kept = kept.substr(0, query) + query_without_password(std::string_view(url).substr(query + 1));
  }
  const std::size_t colon = kept.find(':', begin);
  if (login_end != std::string::npos && colon < login_end) kept.erase(colon, login_end - colon);
  return kept;
}

std::vector<std::string> commands_for(const PgGap& gap) {
  std::vector<std::string> commands;
  if (gap.is_role_missing) {
    commands.push_back(at_server(gap, "createuser") + (gap.has_password ? " --pwprompt" : "") +
                       " -- " + shell_word(gap.role));
  }
  if (gap.is_database_missing) {
    commands.push_back(at_server(gap, "createdb") + " --owner=" + shell_word(gap.role) +
                       " --template=template0 --encoding=UTF8 --lc-collate=C --lc-ctype=C -- " +
                       shell_word(gap.database));
  }
  if (gap.is_schema_missing) {
    commands.push_back(at_server(gap, "psql") + " -d " + connection_word(gap.database) + " -c " +
                       shell_word("CREATE SCHEMA civicum AUTHORIZATION " + sql_name(gap.role)));
  }
  commands.push_back((gap.init_as.empty() ? "" : as_user(gap.init_as, gap.become)) +
                     "civicum store init " + shell_word(gap.url));
  return commands;
}

}  // namespace civicum
