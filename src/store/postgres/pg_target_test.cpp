// SPDX-License-Identifier: GPL-3.0-or-later
// Every way in which libpq can be told of a host: none leads around the rule.
#include "store/postgres/pg_target.h"

#include <doctest/doctest.h>

#include <cstdlib>

using namespace civicum;

namespace {

Result<PgTarget> target_of(const std::string& url) {
  return parse_pg_target(url, {}, [](const std::string& name) {
    FAIL("the name ", name, " was looked up");
    return Result<std::vector<std::string>>(std::vector<std::string>());
  });
}

std::string text_of(const PgEndpoint& endpoint) {
  return endpoint.host + "|" + endpoint.address + "|" + endpoint.port;
}

std::string server_of(const std::string& url) {
  const auto target = target_of(url);
  REQUIRE(target);
  REQUIRE(target->endpoints.size() == 1);
  for (const char* keyword : {"host", "hostaddr", "port"}) CHECK(target->option(keyword).empty());
  return text_of(target->endpoints.front());
}

/// For the time of a test.
class Environment {
 public:
  Environment(const char* name, const char* value) : name_(name) {
    REQUIRE(setenv(name, value, 1) == 0);
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment() { unsetenv(name_); }

 private:
  const char* name_;
};

void check_refused(const std::string& url) {
  CAPTURE(url);
  const auto target = target_of(url);
  REQUIRE_FALSE(target);
  CHECK(target.error().kind == ErrorKind::Refused);
  CHECK(target.error().what.find("sovereignty") != std::string::npos);
}

}  // namespace

TEST_CASE("a socket or loopback is where the URL says") {
  CHECK(server_of("postgres:///x?host=/run/pg&port=5433") == "/run/pg||5433");
  CHECK(target_of("postgres:///x?host=/run/pg&port=5433")->name ==
        "postgres:///x?host=/run/pg&port=5433");
  CHECK(server_of("postgres:///x") == "/var/run/postgresql||5432");
  CHECK(server_of("postgres://localhost/x") == "localhost|127.0.0.1|5432");
  CHECK(server_of("postgres://[::1]:5433/x") == "::1|::1|5433");
  CHECK(target_of("postgres://[::1]:5433/x")->name == "postgres://[::1]:5433/x");
  CHECK(server_of("postgres://%2Frun%2Fpg/x") == "/run/pg||5432");
  CHECK(server_of("postgres:///x?host=@pg") == "@pg||5432");
  CHECK(server_of("postgres:///x?hostaddr=127.0.0.1") == "127.0.0.1|127.0.0.1|5432");
}

TEST_CASE("another host is refused, wherever the URL has it and however it is written") {
  for (const char* host : {"db.example.org",
                           "10.0.0.7",
                           "8.8.8.8",
                           "0.0.0.0",
                           "0",
                           "127.1",
                           "2130706433",
                           "0x7f000001",
                           "0177.0.0.1",
                           "localhost.",
                           "127.0.0.1.",
                           "[::ffff:8.8.8.8]",
                           "[::]",
                           "[fd00::7]",
                           "[fe80::1%25eth0]",
                           "127.0.0.1,10.0.0.7",
                           "10.0.0.7,localhost",
                           "%31%30.0.0.7",
                           "db%2Eexample.org",
                           "localhost:5432,10.0.0.7:5432"}) {
    check_refused(std::string("postgres://ana@") + host + "/x");
  }
  for (const char* query :
       {"host=10.0.0.7", "hostaddr=10.0.0.7", "host=/tmp&hostaddr=10.0.0.7",
        "host=localhost&hostaddr=10.0.0.7", "host=%31%30.0.0.7", "host=/tmp,10.0.0.7",
        "host=localhost&host=10.0.0.7", "hostaddr=127.0.0.1,10.0.0.7", "host=::ffff:10.0.0.7",
        "hostaddr=2130706433", "hostaddr=localhost.example.org"}) {
    check_refused(std::string("postgresql:///x?") + query);
  }
  check_refused("postgres://localhost/x?hostaddr=10.0.0.7");
  check_refused("postgres://localhost/x?host=10.0.0.7");
}

TEST_CASE("a host that the environment slips in is refused as well") {
  {
    const Environment host("PGHOST", "10.0.0.7");
    check_refused("postgres:///x");
    CHECK(target_of("postgres://localhost/x"));
  }
  const Environment address("PGHOSTADDR", "10.0.0.7");
  check_refused("postgres:///x");
  check_refused("postgres:///x?host=/tmp");
  check_refused("postgres:///x?host=/tmp&hostaddr=");
  check_refused("postgres://localhost/x");
  CHECK(target_of("postgres:///x?hostaddr=127.0.0.1"));
}

TEST_CASE("pairs of names and values say the same as a URL, and are held to the same rule") {
  const auto target = parse_pg_target("dbname=archivo host=/run/postgresql port=5433");
  REQUIRE(target);
  CHECK(target->endpoints.front().host == "/run/postgresql");
  CHECK(target->endpoints.front().port == "5433");
  CHECK(target->option("dbname") == "archivo");
  CHECK(parse_pg_target("host=203.0.113.9 dbname=x").error().kind == ErrorKind::Refused);
  CHECK(parse_pg_target("hostaddr=203.0.113.9 dbname=x").error().kind == ErrorKind::Refused);
}

TEST_CASE("what is said of pairs holds no password either") {
  const auto target = parse_pg_target(
      "host=/run/pg dbname='ar ch' user=ana password='ge://heim' sslmode=disable "
      "sslpassword=geheim");
  REQUIRE(target);
  CHECK(target->url == "dbname='ar ch' host='/run/pg' sslmode='disable' user='ana'");
  CHECK(target->option("password") == "ge://heim");
}

TEST_CASE("a silent network is asked for within a lease, unless the URL says otherwise") {
  CHECK(parse_pg_target("postgres://localhost/civ")->option("tcp_user_timeout") == "25000");
  CHECK(
      parse_pg_target("postgres://localhost/civ?tcp_user_timeout=9")->option("tcp_user_timeout") ==
      "9");
}

TEST_CASE("service files are not used") {
  CHECK(target_of("postgres:///x?service=elsewhere").error().kind == ErrorKind::BadInput);
  const Environment service("PGSERVICE", "elsewhere");
  const auto target = target_of("postgres:///x");
  REQUIRE_FALSE(target);
  CHECK(target.error().kind == ErrorKind::BadInput);
}

TEST_CASE("options of the session and names of databases name no host") {
  const Environment options("PGOPTIONS", "-c host=10.0.0.7");
  auto target = target_of("postgres:///host%3D10.0.0.7");
  REQUIRE(target);
  CHECK(target->option("dbname") == "host=10.0.0.7");
  CHECK(server_of("postgres:///host%3D10.0.0.7") == "/var/run/postgresql||5432");
  CHECK(target->option("gssencmode") == "disable");
  target = target_of("postgres:///x?gssencmode=require");
  REQUIRE(target);
  CHECK(target->option("gssencmode") == "disable");
}

TEST_CASE("an allowed host is connected to by the addresses that were looked at") {
  AllowedHosts allowed;
  for (const char* entry : {"10.0.0.0/8", "db.lan"}) REQUIRE(allowed.add(entry));
  const HostResolver resolve = [](const std::string&) {
    return Result<std::vector<std::string>>(std::vector<std::string>{"192.168.1.7", "fd00::7"});
  };
  auto target = parse_pg_target("postgres://db.lan:5433,10.0.0.7,localhost/x", allowed, resolve);
  REQUIRE(target);
  REQUIRE(target->endpoints.size() == 4);
  CHECK(text_of(target->endpoints[0]) == "db.lan|192.168.1.7|5433");
  CHECK(text_of(target->endpoints[1]) == "db.lan|fd00::7|5433");
  CHECK(text_of(target->endpoints[2]) == "10.0.0.7|10.0.0.7|5432");
  CHECK(text_of(target->endpoints[3]) == "localhost|127.0.0.1|5432");
  CHECK(target->name ==
        "postgres://192.168.1.7:5433,[fd00::7]:5433,10.0.0.7:5432,127.0.0.1:5432/x");
  target = parse_pg_target("postgres:///x?host=/tmp,db.lan", allowed, resolve);
  REQUIRE(target);
  REQUIRE(target->endpoints.size() == 3);
  CHECK(text_of(target->endpoints[0]) == "/tmp||5432");
  CHECK_FALSE(parse_pg_target("postgres://db.lan/x", allowed, [](const std::string&) {
    return Result<std::vector<std::string>>(std::vector<std::string>{"203.0.113.9"});
  }));
}

TEST_CASE("lists that do not fit and ports that are none are bad usage") {
  for (const char* url :
       {"postgres:///x?host=/a,/b&hostaddr=127.0.0.1", "postgres:///x?host=/a,/b&port=1,2,3",
        "postgres:///x?host=/a,localhost&hostaddr=,127.0.0.1", "postgres://localhost:abc/x",
        "postgres:///x?port=999999"}) {
    CAPTURE(url);
    const auto target = target_of(url);
    REQUIRE_FALSE(target);
    CHECK(target.error().kind == ErrorKind::BadInput);
  }
}

TEST_CASE("no message and no name holds a password") {
  for (const std::string url :
       {"postgres://ana:geheim@[::1/x", "postgres://ana:geheim%zz@localhost/x",
        "postgres://ana:x/geheim@localhost/x", "postgres://ana:geheim@db.example.org/x",
        "postgres://localhost:geheim/x@y", "postgres:///x?password=geheim&nonsense=1",
        "postgres://ana:geheim@10.0.0.7/x"}) {
    CAPTURE(url);
    const auto target = target_of(url);
    REQUIRE_FALSE(target);
    CHECK(target.error().what.find("geheim") == std::string::npos);
  }
  const auto target = target_of("postgres://ana:geheim@localhost:5433/civ");
  REQUIRE(target);
  CHECK(target->name == "postgres://127.0.0.1:5433/civ");
}
