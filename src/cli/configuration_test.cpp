// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/configuration.h"

#include <doctest/doctest.h>

#include <fstream>

#include "os/temp_dir.h"

using namespace civicum;

namespace {

Result<Configuration> configuration_of(const std::string& text) {
  const auto folder = TempDir::create();
  REQUIRE(folder);
  const std::string path = folder->path() + "/civicum.toml";
  std::ofstream(path) << text;
  return load_configuration(path);
}

void check_refused(const std::string& text, const std::string& what) {
  CAPTURE(text);
  const auto configuration = configuration_of(text);
  REQUIRE_FALSE(configuration);
  CHECK(configuration.error().kind == ErrorKind::BadInput);
  CAPTURE(configuration.error().what);
  CHECK(configuration.error().what.find(what) != std::string::npos);
}

}  // namespace

TEST_CASE("a configuration says where the store is and which hosts it may be on") {
  const auto configuration = configuration_of(
      "# oficina\nstore = \"postgres://db.lan/archivo\"\ndata = '/srv/civicum'\n"
      "blobs = \"dir:/srv/originales\"\n"
      "allow_hosts = [\"10.0.0.0/8\", \"192.168.1.7\", # the second\n \"db.lan\"]\n");
  REQUIRE(configuration);
  CHECK(configuration->store == "postgres://db.lan/archivo");
  CHECK(configuration->data_folder == "/srv/civicum");
  CHECK(configuration->blobs == "dir:/srv/originales");
  CHECK(configuration->allowed_hosts.addresses_of("10.1.2.3"));
  CHECK(configuration->allowed_hosts.addresses_of("192.168.1.7"));
  CHECK_FALSE(configuration->allowed_hosts.addresses_of("192.168.1.8"));
}

TEST_CASE("an empty configuration says nothing") {
  const auto configuration = configuration_of("");
  REQUIRE(configuration);
  CHECK(configuration->store.empty());
  CHECK_FALSE(configuration->allowed_hosts.addresses_of("10.1.2.3"));
}

TEST_CASE("what is not known or not good is said with file and line") {
  check_refused("data = \"/srv\"\nallow_host = [\"10.0.0.0/8\"]\n",
                "civicum.toml, line 2: \"allow_host\" is not known");
  check_refused("[store]\nurl = \"x\"\n", "line 1: store must be a text");
  check_refused("\n\nstore = 5\n", "line 3: store must be a text");
  check_refused("store = \"\"\n", "line 1: store must be a text");
  check_refused("data = \"srv/civicum\"\n", "line 1: data must be a path from the root");
  check_refused("allow_hosts = \"10.0.0.0/8\"\n", "line 1: allow_hosts must be a list");
  check_refused("allow_hosts = [\n  \"10.0.0.0/8\",\n  7]\n", "line 3: allow_hosts must be");
  check_refused("allow_hosts = [\n  \"10.0.0.0/8\",\n  \"8.8.8.8\"]\n",
                "line 3: allow_hosts: \"8.8.8.8\" is not private");
  check_refused("allow_hosts = [\"0.0.0.0/0\"]\n", "line 1: allow_hosts: \"0.0.0.0/0\"");
  check_refused("store = \"a\"\nstore = \"b\"\n", "line 2:");
  check_refused("store = \"a\n", "line 1:");
  check_refused("store\n", "line ");
  check_refused(std::string("store = \"\xff\"\n"), "line 1:");
}

TEST_CASE("a file that is not there or too large is said with its name") {
  const auto missing = load_configuration("/nonexistent-folder/civicum.toml");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().kind == ErrorKind::NotFound);
  CHECK(missing.error().what.find("/nonexistent-folder/civicum.toml") != std::string::npos);
  const auto large = configuration_of(std::string(100'000, '#'));
  REQUIRE_FALSE(large);
  CHECK(large.error().kind == ErrorKind::TooLarge);
}
