// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/named_socket.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <filesystem>

#include "os/temp_dir.h"

using namespace civicum;

TEST_CASE("a datagram is heard under any folder's name, and by the last who took the name") {
  const auto folder = TempDir::create("/tmp");
  REQUIRE(folder);
  const std::string deep = folder->path() + "/" + std::string(200, 'x');
  REQUIRE(std::filesystem::create_directory(deep));
  const SocketName name{deep, "wake.sock"};
  poke(name);  // nobody is there
  const auto first = bind_datagrams(name);
  REQUIRE(first);
  const auto second = bind_datagrams(name);
  REQUIRE(second);
  poke(name);
  std::array<char, 4> buffer{};
  CHECK(recv(first->get(), buffer.data(), buffer.size(), 0) == -1);
  CHECK(recv(second->get(), buffer.data(), buffer.size(), 0) == 0);
}

TEST_CASE("only the owner may connect, and nobody waiting is no error") {
  const auto folder = TempDir::create("/tmp");
  REQUIRE(folder);
  const auto listener = listen_streams({folder->path(), "status.sock"});
  REQUIRE(listener);
  struct stat info {};
  REQUIRE(stat((folder->path() + "/status.sock").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  const auto nobody = accept_stream(listener->get());
  REQUIRE(nobody);
  CHECK_FALSE(*nobody);
}

TEST_CASE("a folder that is not there is said") {
  const auto missing = listen_streams({"/nowhere", "status.sock"});
  REQUIRE_FALSE(missing);
  CHECK(missing.error().what.find("/nowhere") != std::string::npos);
}
