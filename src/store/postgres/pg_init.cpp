// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/postgres/pg_init.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <sstream>

#include "os/effective_user.h"
#include "store/postgres/pg_commands.h"
#include "store/postgres/pg_connection.h"

namespace civicum {
namespace {

constexpr std::string_view state_database_missing = "3D000";
constexpr std::string_view class_not_let_in = "28";  // a missing role, too
// Another program was faster.
constexpr std::string_view state_database_exists = "42P04";
constexpr std::string_view state_role_exists = "42710";
constexpr const char* maintenance_database = "postgres";

bool is_program_here(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    folder += "/" + name;
    if (access(folder.c_str(), X_OK) == 0) return true;
  }
  return false;
}

bool has_control_character(const std::string& text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < ' '; });
}

class Preparer {
 public:
  Preparer(const PgTarget& target, PgPreparation& preparation)
      : target_(target),
        preparation_(preparation),
        role_(target.option("user")),
        database_(target.database()) {}

  Status run() {
    if (has_control_character(role_) || has_control_character(database_)) {
      return Error{ErrorKind::BadInput, "a role or a database has a control character in its name"};
    }
    PgResult<PgConnection> connection = PgConnection::try_connect(target_);
    if (const auto* failed = std::get_if<PgFailure>(&connection)) {
      if (!may_be_missing(failed->state)) return failed->error;
      (void)TRY(provide(*failed));
      connection = PgConnection::try_connect(target_);
      if (const auto* again = std::get_if<PgFailure>(&connection)) return not_let_in(*again);
    }
    return provide_schema(std::get<PgConnection>(connection));
  }

 private:
  static bool may_be_missing(std::string_view state) {
    return state == state_database_missing || state.starts_with(class_not_let_in);
  }

  Status provide(const PgFailure& why) {
    if (why.state == state_database_missing && make_database_as_role()) return Done{};
    std::optional<PgConnection> server = connect_as_server(maintenance_database);
    if (!server) {
      PgGap gap = gap_here();
      gap.is_role_missing = why.state != state_database_missing;
      gap.is_database_missing = true;
      return tell(why.error, gap);
    }
    (void)TRY(make_role(*server));
    return make_database(*server);
  }

  bool make_database_as_role() {
    PgTarget maintenance = target_;
    maintenance.options["dbname"] = maintenance_database;
    PgResult<PgConnection> connection = PgConnection::try_connect(maintenance);
    auto* opened = std::get_if<PgConnection>(&connection);
    return opened != nullptr && make_database(*opened);
  }

  /// As its superuser, which is called as the system user that it runs as.
  std::optional<PgConnection> connect_as_server(const std::string& database) {
    const std::optional<uid_t> user = server_user();
    if (!user) return std::nullopt;
    const Result<EffectiveUser> acting = EffectiveUser::become(*user);
    if (!acting) return std::nullopt;
    PgTarget as_server = target_;
    as_server.options["user"] = user_name(*user);
    as_server.options["dbname"] = database;
    as_server.options.erase("password");
    PgResult<PgConnection> connection = PgConnection::try_connect(as_server);
    if (auto* opened = std::get_if<PgConnection>(&connection)) return std::move(*opened);
    return std::nullopt;
  }

  /// The owner of the server's socket.
  std::optional<uid_t> server_user() const {
    const PgEndpoint& endpoint = target_.endpoints.front();
    struct stat info {};
    const std::string path = endpoint.host + "/.s.PGSQL." + endpoint.port;
    if (!endpoint.address.empty() || stat(path.c_str(), &info) != 0) return std::nullopt;
    return info.st_uid;
  }

  Status make_role(PgConnection& server) {
    const std::int64_t is_there = TRY(
        plain(server.ask_number("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname=$1", {role_})));
    if (is_there != 0) return Done{};
    std::string sql = "CREATE ROLE " + sql_name(role_) + " LOGIN";
    const std::string password = target_.option("password");
    if (!password.empty()) {
      // What the server keeps of it; itself it would stand in the server's log.
      sql += " PASSWORD '" + TRY(server.encrypt_password(role_, password)) + "'";
    }
    return made("the role " + role_, server.execute(sql), state_role_exists);
  }

  Status make_database(PgConnection& server) {
    const std::int64_t is_there = TRY(plain(
        server.ask_number("SELECT 1 FROM pg_catalog.pg_database WHERE datname=$1", {database_})));
    if (is_there != 0) return Done{};
    // Search and order are our own: no language of the server's, so that every server has this one.
    const std::string sql = "CREATE DATABASE " + sql_name(database_) + " OWNER " + sql_name(role_) +
                            " TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'";
    return made("the database " + database_, server.execute(sql), state_database_exists);
  }

  Status made(const std::string& what, const PgResult<Done>& result, std::string_view faster) {
    const auto* failed = std::get_if<PgFailure>(&result);
    if (failed != nullptr && failed->state != faster) return failed->error;
    if (failed == nullptr) preparation_.made.push_back(what);
    return Done{};
  }

  Status provide_schema(PgConnection& connection) {
    const std::int64_t may_make = TRY(plain(connection.ask_number(
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname='civicum') "
        "OR has_database_privilege(current_database(), 'CREATE')",
        {})));
    if (may_make != 0) return Done{};
    if (std::optional<PgConnection> server = connect_as_server(database_)) {
      return made("the schema civicum in the database " + database_,
                  server->execute("CREATE SCHEMA civicum AUTHORIZATION " + sql_name(role_)), "");
    }
    PgGap gap = gap_here();
    gap.is_schema_missing = true;
    return tell({ErrorKind::Unavailable,
                 "the role " + role_ + " may not make the schema civicum in " + target_.name},
                gap);
  }

  /// Role and database are there now.
  Status not_let_in(const PgFailure& why) {
    if (!why.state.starts_with(class_not_let_in)) return why.error;
    PgGap gap = gap_here();
    gap.init_as = role_;
    if (is_user(role_)) preparation_.commands = commands_for(gap);
    Error error = why.error;
    error.what +=
        "; role and database are there: pg_hba.conf lets in whoever has the role's password, or is "
        "the system user of its name" +
        std::string(preparation_.commands.empty() ? "" : ":");
    return error;
  }

  PgGap gap_here() const {
    const PgEndpoint& endpoint = target_.endpoints.front();
    PgGap gap;
    gap.role = role_;
    gap.database = database_;
    gap.url = target_.url;
    gap.has_password = !target_.option("password").empty();
    if (endpoint.address.empty() && endpoint.host != default_socket_folder) {
      gap.socket_folder = endpoint.host;
    }
    if (endpoint.port != default_port) gap.port = endpoint.port;
    const std::optional<uid_t> user = server_user();
    if (user && !user_name(*user).empty()) gap.server_user = user_name(*user);
    if (user && *user == geteuid()) {
      gap.become = PgBecome::NotNeeded;
    } else if (geteuid() == 0 || !is_program_here("sudo")) {
      gap.become = PgBecome::Runuser;
    }
    return gap;
  }

  /// What is missing, and where and by whom it is made.
  Status tell(Error error, const PgGap& gap) {
    const PgEndpoint& endpoint = target_.endpoints.front();
    const bool is_elsewhere =
        !endpoint.address.empty() && !AllowedHosts().addresses_of(endpoint.address);
    const bool needs_root = gap.become == PgBecome::Runuser && geteuid() != 0;
    error.what += std::string("; what is missing is made") +
                  (is_elsewhere ? " on " + endpoint.host : "") + (needs_root ? " by root" : "") +
                  " with:";
    preparation_.commands = commands_for(gap);
    return error;
  }

  const PgTarget& target_;
  PgPreparation& preparation_;
  std::string role_;
  std::string database_;
};

}  // namespace

Status prepare_pg(const PgTarget& target, PgPreparation& preparation) {
  return Preparer(target, preparation).run();
}

}  // namespace civicum
