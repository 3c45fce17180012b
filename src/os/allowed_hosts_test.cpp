// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/allowed_hosts.h"

#include <doctest/doctest.h>

using namespace civicum;

namespace {

AllowedHosts allowing(std::initializer_list<const char*> entries) {
  AllowedHosts hosts;
  for (const char* entry : entries) REQUIRE(hosts.add(entry));
  return hosts;
}

/// Answers with these addresses, whatever the name.
HostResolver resolver(std::vector<std::string> addresses) {
  return [addresses = std::move(addresses)](const std::string&) {
    return Result<std::vector<std::string>>(addresses);
  };
}

Result<std::vector<std::string>> never_asked(const std::string& name) {
  FAIL("the name ", name, " was looked up");
  return std::vector<std::string>();
}

std::string address_of(const AllowedHosts& hosts, const std::string& host) {
  const auto addresses = hosts.addresses_of(host, never_asked);
  if (!addresses) return addresses.error().kind == ErrorKind::Refused ? "refused" : "error";
  REQUIRE(addresses->size() == 1);
  return addresses->front();
}

}  // namespace

TEST_CASE("loopback is allowed as it is") {
  const AllowedHosts nothing;
  CHECK(address_of(nothing, "localhost") == "127.0.0.1");
  CHECK(address_of(nothing, "LocalHost") == "127.0.0.1");
  CHECK(address_of(nothing, "127.8.9.1") == "127.8.9.1");
  CHECK(address_of(nothing, "::1") == "::1");
  CHECK(address_of(nothing, "0:0:0:0:0:0:0:1") == "::1");
  CHECK(address_of(nothing, "::ffff:127.0.0.1") == "127.0.0.1");
}

TEST_CASE("nothing else is, however it is written, and no name is looked up") {
  const AllowedHosts nothing;
  for (const char* host : {"10.0.0.7",
                           "192.168.1.7",
                           "172.16.0.1",
                           "169.254.1.1",
                           "fd00::7",
                           "fe80::1",
                           "fe80::1%eth0",
                           "8.8.8.8",
                           "2001:4860:4860::8888",
                           "0.0.0.0",
                           "::",
                           "0",
                           "127.1",
                           "2130706433",
                           "0x7f000001",
                           "0177.0.0.1",
                           "127.0.0.1.",
                           "127.0.0.1%lo",
                           "::1%lo",
                           "localhost.",
                           "::127.0.0.1",
                           "::ffff:8.8.8.8",
                           "64:ff9b::7f00:1",
                           "[::1]",
                           "localhost.example.org",
                           "db.example.org",
                           "",
                           " 127.0.0.1",
                           "127.0.0.1 ",
                           "127.0.0.01",
                           "1270.0.0.1"}) {
    CAPTURE(host);
    CHECK(address_of(nothing, host) == "refused");
  }
}

TEST_CASE("private addresses are allowed where they are named, alone or by their network") {
  const AllowedHosts hosts =
      allowing({"10.1.0.0/16", "192.168.1.7", "fd12:3456::/32", "fe80::/10"});
  CHECK(address_of(hosts, "10.1.255.3") == "10.1.255.3");
  CHECK(address_of(hosts, "::ffff:10.1.0.3") == "10.1.0.3");
  CHECK(address_of(hosts, "10.2.0.3") == "refused");
  CHECK(address_of(hosts, "192.168.1.7") == "192.168.1.7");
  CHECK(address_of(hosts, "192.168.1.8") == "refused");
  CHECK(address_of(hosts, "fd12:3456:1::1") == "fd12:3456:1::1");
  CHECK(address_of(hosts, "fd12:3457::1") == "refused");
  CHECK(address_of(hosts, "fe80::1%eth0") == "fe80::1%eth0");
  CHECK(address_of(hosts, "fe80::1%") == "refused");
  CHECK(address_of(hosts, "11.1.0.1") == "refused");
}

TEST_CASE("a network need not end at a byte") {
  const AllowedHosts hosts = allowing({"172.16.0.0/12", "192.168.8.0/22"});
  CHECK(address_of(hosts, "172.31.255.255") == "172.31.255.255");
  CHECK(address_of(hosts, "172.32.0.0") == "refused");
  CHECK(address_of(hosts, "192.168.11.255") == "192.168.11.255");
  CHECK(address_of(hosts, "192.168.12.0") == "refused");
}

TEST_CASE("public addresses and networks cannot be named, nor ones that are larger than private") {
  for (const char* entry :
       {"8.8.8.8", "8.8.8.0/24", "0.0.0.0/0", "::/0", "10.0.0.0/7", "172.0.0.0/11", "fc00::/6",
        "2001:db8::/32", "0.0.0.0", "::", "::ffff:8.8.8.8", "100.64.0.1"}) {
    CAPTURE(entry);
    AllowedHosts hosts;
    const Status added = hosts.add(entry);
    REQUIRE_FALSE(added);
    CHECK(added.error().kind == ErrorKind::BadInput);
    CHECK(added.error().what.find("not private") != std::string::npos);
  }
}

TEST_CASE("what is no address, network or name is said") {
  for (const char* entry : {"",
                            "/",
                            "10.0.0.0/",
                            "10.0.0.0/33",
                            "10.0.0.0/-1",
                            "10.0.0.0/8x",
                            "10.0.0.1/8",
                            "fd00::/129",
                            "fe80::1%eth0/64",
                            "127.1",
                            "2130706433",
                            "0x7f000001",
                            "0177.0.0.1",
                            "db.lan.",
                            "db..lan",
                            ".lan",
                            "db.7",
                            "a b",
                            "db.lan:5432",
                            "http://db.lan",
                            "[fd00::1]",
                            "*.lan"}) {
    CAPTURE(entry);
    AllowedHosts hosts;
    const Status added = hosts.add(entry);
    REQUIRE_FALSE(added);
    CHECK(added.error().what.find("is no ") != std::string::npos);
  }
}

TEST_CASE("a name is allowed exactly as it is named, while each of its addresses is private") {
  const AllowedHosts hosts = allowing({"db.lan"});
  const auto found = hosts.addresses_of("DB.lan", resolver({"10.0.0.7", "fd00::7"}));
  REQUIRE(found);
  CHECK(*found == std::vector<std::string>{"10.0.0.7", "fd00::7"});
  const auto moved = hosts.addresses_of("db.lan", resolver({"10.0.0.7", "203.0.113.9"}));
  REQUIRE_FALSE(moved);
  CHECK(moved.error().kind == ErrorKind::Refused);
  CHECK(moved.error().what.find("203.0.113.9") != std::string::npos);
  CHECK(address_of(hosts, "db.lan.") == "refused");
  CHECK(address_of(hosts, "a.db.lan") == "refused");
  CHECK(address_of(hosts, "10.0.0.7") == "refused");
}

TEST_CASE("an allowed name without an address is an error with the name") {
  const AllowedHosts hosts = allowing({"db.lan"});
  const auto found = hosts.addresses_of("db.lan", [](const std::string& name) {
    return Result<std::vector<std::string>>(Error{ErrorKind::Unavailable, name + " is unknown"});
  });
  REQUIRE_FALSE(found);
  CHECK(found.error().kind == ErrorKind::Unavailable);
}

TEST_CASE("names are resolved to addresses in numbers") {
  const auto found = resolve_host("localhost");
  REQUIRE(found);
  for (const std::string& address : *found) CHECK(IpAddress::parse(address));
  const auto nobody = resolve_host("no such host");
  REQUIRE_FALSE(nobody);
  CHECK(nobody.error().kind == ErrorKind::Unavailable);
  CHECK(nobody.error().what.find("no such host") != std::string::npos);
}
