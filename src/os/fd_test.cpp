// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/fd.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "os/atomic_file.h"
#include "os/socket.h"
#include "os/temp_dir.h"

namespace civicum {
namespace {

bool is_open(int fd) { return fcntl(fd, F_GETFD) >= 0; }

std::size_t count_entries(const std::string& folder) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++count;
  return count;
}

Fd open_null() { return *open_file("/dev/null", O_RDWR); }

}  // namespace

TEST_CASE("a descriptor is closed once, by its last owner") {
  int number = -1;
  {
    Fd first = open_null();
    number = first.get();
    const Fd second = std::move(first);
    CHECK_FALSE(first);
    CHECK(is_open(number));
  }
  CHECK_FALSE(is_open(number));
}

TEST_CASE("move assignment closes what was held before") {
  Fd held = open_null();
  const int number = held.get();
  Fd other = open_null();
  held = std::move(other);
  CHECK_FALSE(is_open(number));
  CHECK(is_open(held.get()));
}

TEST_CASE("opened files are close-on-exec and errors name the path") {
  const Fd fd = open_null();
  CHECK((fcntl(fd.get(), F_GETFD) & FD_CLOEXEC) != 0);
  const Result<Fd> missing = open_file("/no/such/file", O_RDONLY);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().kind == ErrorKind::NotFound);
  CHECK(missing.error().what.find("/no/such/file") != std::string::npos);
}

TEST_CASE("a spool has no name and keeps what was copied into it") {
  const TempDir folder = *TempDir::create();
  const Fd spool = *open_spool(folder.path());
  CHECK(count_entries(folder.path()) == 0);

  const auto [near, far] = *stream_pair();
  REQUIRE(write_all(near.get(), "hello spool"));
  shutdown(near.get(), SHUT_WR);
  CHECK(copy_to(spool.get(), far.get(), kib(1))->count == 11);

  std::array<char, 32> content{};
  const std::size_t size = *pread_all(spool.get(), content, 6);
  CHECK(std::string_view(content.data(), size) == "spool");
}

TEST_CASE("a copy above its bound is refused as too large") {
  const TempDir folder = *TempDir::create();
  const Fd spool = *open_spool(folder.path());
  const Fd endless = *open_file("/dev/zero", O_RDONLY);
  const Result<Bytes> copied = copy_to(spool.get(), endless.get(), mib(1));
  REQUIRE_FALSE(copied);
  CHECK(copied.error().kind == ErrorKind::TooLarge);
}

TEST_CASE("a file appears whole when it is committed") {
  const TempDir folder = *TempDir::create();
  const std::string path = folder.path() + "/record.json";
  for (const std::string content : {"first", "second"}) {
    AtomicFile file = *AtomicFile::create(path);
    REQUIRE(file.write(content));
    REQUIRE(file.commit());
    CHECK(*read_file(path, kib(1)) == content);
  }
  CHECK(count_entries(folder.path()) == 1);
}

TEST_CASE("a file that is not committed leaves the old one and nothing else") {
  const TempDir folder = *TempDir::create();
  const std::string path = folder.path() + "/record.json";
  {
    AtomicFile file = *AtomicFile::create(path);
    REQUIRE(file.write("old"));
    REQUIRE(file.commit());
    AtomicFile half = *AtomicFile::create(path);
    REQUIRE(half.write("half of the n"));
  }
  CHECK(*read_file(path, kib(1)) == "old");
  CHECK(count_entries(folder.path()) == 1);
}

TEST_CASE("a file that cannot be written whole reports why") {
  const Fd full = *open_file("/dev/full", O_WRONLY);
  const Status status = write_all(full.get(), "x");
  REQUIRE_FALSE(status);
  CHECK(status.error().os_error == ENOSPC);
  CHECK(status.error().kind == ErrorKind::Unavailable);
}

TEST_CASE("descriptors travel with the bytes they were sent with") {
  const TempDir folder = *TempDir::create();
  const Fd spool = *open_spool(folder.path());
  REQUIRE(write_all(spool.get(), "document"));
  const auto [near, far] = *stream_pair();
  const std::array<int, 1> sent = {spool.get()};
  CHECK(*send_with_fds(near.get(), "open", sent) == 4);

  std::array<char, 16> buffer{};
  const Received received = *receive_with_fds(far.get(), buffer, 1);
  CHECK(std::string_view(buffer.data(), received.size) == "open");
  REQUIRE(received.fds.size() == 1);
  CHECK((fcntl(received.fds[0].get(), F_GETFD) & FD_CLOEXEC) != 0);
  std::array<char, 8> content{};
  CHECK(*pread_all(received.fds[0].get(), content, 0) == 8);
}

TEST_CASE("descriptors nobody asked for are refused and closed") {
  const std::size_t open_before = count_entries("/proc/self/fd");
  {
    const Fd null = open_null();
    const auto [near, far] = *stream_pair();
    const std::array<int, passed_fds_max> sent = {null.get(), null.get(), null.get(), null.get()};
    REQUIRE(send_with_fds(near.get(), "x", sent));
    std::array<char, 16> buffer{};
    const Result<Received> received = receive_with_fds(far.get(), buffer, 1);
    REQUIRE_FALSE(received);
    CHECK(received.error().kind == ErrorKind::Corrupt);
  }
  CHECK(count_entries("/proc/self/fd") == open_before);
}

TEST_CASE("more descriptors than a message may carry are refused") {
  const auto [near, far] = *stream_pair();
  const Fd null = open_null();
  constexpr std::size_t count = passed_fds_max + 3;
  std::array<int, count> fds{};
  fds.fill(null.get());
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(fds))> control{};
  char byte = 'x';
  iovec part{&byte, 1};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(fds));
  std::memcpy(CMSG_DATA(header), fds.data(), sizeof(fds));
  REQUIRE(sendmsg(near.get(), &message, 0) == 1);

  const std::size_t open_before = count_entries("/proc/self/fd");
  std::array<char, 16> buffer{};
  const Result<Received> received = receive_with_fds(far.get(), buffer, passed_fds_max);
  REQUIRE_FALSE(received);
  CHECK(received.error().kind == ErrorKind::Corrupt);
  CHECK(count_entries("/proc/self/fd") == open_before);
}

TEST_CASE("a closed or empty socket says so without a signal") {
  auto [near, far] = *stream_pair();
  std::array<char, 4> buffer{};
  fcntl(near.get(), F_SETFL, O_NONBLOCK);
  const Result<Received> empty = receive_with_fds(near.get(), buffer, 0);
  REQUIRE_FALSE(empty);
  CHECK(empty.error().os_error == EAGAIN);
  CHECK(empty.error().kind == ErrorKind::Unavailable);
  far = Fd();
  CHECK(receive_with_fds(near.get(), buffer, 0)->size == 0);
  const Result<std::size_t> sent = send_with_fds(near.get(), "x", {});
  REQUIRE_FALSE(sent);
  CHECK(sent.error().os_error == EPIPE);
}

}  // namespace civicum
