// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/postgres/pg_commands.h"

#include <doctest/doctest.h>

using namespace civicum;

namespace {

PgGap gap_of(const std::string& role, const std::string& database) {
  PgGap gap;
  gap.role = role;
  gap.database = database;
  gap.url = "postgres:///" + database;
  return gap;
}

}  // namespace

TEST_CASE("what is missing is made by the server's own system user") {
  PgGap gap = gap_of("ana", "archivo");
  gap.is_role_missing = true;
  gap.is_database_missing = true;
  CHECK(commands_for(gap) ==
        std::vector<std::string>{
            "sudo -u postgres createuser -- ana",
            "sudo -u postgres createdb --owner=ana --template=template0 --encoding=UTF8 "
            "--lc-collate=C --lc-ctype=C -- archivo",
            "civicum store init postgres:///archivo"});
  gap.become = PgBecome::Runuser;
  gap.has_password = true;
  gap.socket_folder = "/run/otro lugar";
  gap.port = "5433";
  CHECK(commands_for(gap)[0] ==
        "runuser -u postgres -- createuser -h '/run/otro lugar' -p 5433 --pwprompt -- ana");
  gap.become = PgBecome::NotNeeded;
  gap.is_role_missing = gap.is_database_missing = false;
  gap.is_schema_missing = true;
  CHECK(commands_for(gap)[0] ==
        "psql -h '/run/otro lugar' -p 5433 -d archivo -c 'CREATE SCHEMA civicum AUTHORIZATION "
        "\"ana\"'");
}

TEST_CASE("where only the system user is another, that one runs init") {
  PgGap gap = gap_of("ana", "archivo");
  gap.init_as = "ana";
  gap.become = PgBecome::Runuser;
  CHECK(commands_for(gap) ==
        std::vector<std::string>{"runuser -u ana -- civicum store init postgres:///archivo"});
}

TEST_CASE("odd names are quoted for the shell, for SQL and for psql") {
  CHECK(shell_word("") == "''");
  CHECK(shell_word("$(rm -rf /)") == "'$(rm -rf /)'");
  CHECK(shell_word("d'Or") == "'d'\\''Or'");
  CHECK(shell_word("ñandú") == "'ñandú'");
  CHECK(sql_name("a\"b") == "\"a\"\"b\"");
  PgGap gap = gap_of("d'Or \"x\"", "a=b's");
  gap.is_role_missing = true;
  gap.is_schema_missing = true;
  gap.url = "postgres:///a%3Db's?host=/tmp&port=5433";
  const auto commands = commands_for(gap);
  CHECK(commands[0] == "sudo -u postgres createuser -- 'd'\\''Or \"x\"'");
  CHECK(commands[1] ==
        "sudo -u postgres psql -d 'dbname='\\''a=b\\'\\''s'\\''' -c 'CREATE SCHEMA civicum "
        "AUTHORIZATION \"d'\\''Or \"\"x\"\"\"'");
  CHECK(commands[2] == "civicum store init 'postgres:///a%3Db'\\''s?host=/tmp&port=5433'");
}

TEST_CASE("a URL is told without its password") {
  CHECK(without_password("postgres://ana:x@db:5433/a") == "postgres://ana@db:5433/a");
  CHECK(without_password("postgres://ana:x?y&z@/a?host=/tmp") == "postgres://ana@/a?host=/tmp");
  CHECK(without_password("postgres://db:5433/a") == "postgres://db:5433/a");
  CHECK(without_password("postgres:///a?password=x&host=/tmp") == "postgres:///a?host=/tmp");
  CHECK(without_password("postgres:///a?host=/tmp&pass%77ord=x") == "postgres:///a?host=/tmp");
  CHECK(without_password("postgres:///a?password=x") == "postgres:///a");
  CHECK(without_password("postgres:///a?sslpassword=x") == "postgres:///a");
  CHECK(without_password("postgres:///a?host=@b:c") == "postgres:///a?host=@b:c");
  CHECK(without_password("postgres://") == "postgres://");
}
