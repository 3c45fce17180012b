// SPDX-License-Identifier: GPL-3.0-or-later
#include "reader/channel.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include "os/socket.h"

using namespace civicum;

TEST_CASE("a request arrives whole with its descriptor") {
  auto pair = stream_pair();
  REQUIRE(pair);
  Channel channel(std::move(pair->second));
  const std::string frame = protocol::encode(protocol::Request{protocol::Open{"clave"}});
  const int fd = STDIN_FILENO;
  REQUIRE(send_with_fds(pair->first.get(), frame, std::span(&fd, 1)));
  CHECK(channel.wait_readable(1000));
  const auto received = channel.receive();
  REQUIRE(received);
  REQUIRE(received->has_value());
  CHECK(std::get<protocol::Open>((*received)->request).password == "clave");
  CHECK((*received)->fds.size() == 1);
}

TEST_CASE("a parent that is gone is an end, not an error; garbage is an error") {
  auto pair = stream_pair();
  REQUIRE(pair);
  Channel channel(std::move(pair->second));
  REQUIRE(send_with_fds(pair->first.get(), "\xFF\xFF\xFF\xFF\xFF", {}));
  const auto garbage = channel.receive();
  REQUIRE_FALSE(garbage);
  CHECK(garbage.error().kind == ErrorKind::Corrupt);
  pair->first = Fd();
  const auto end = channel.receive();
  REQUIRE(end);
  CHECK_FALSE(end->has_value());
}
