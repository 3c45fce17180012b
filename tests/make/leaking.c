// SPDX-License-Identifier: GPL-3.0-or-later
// For tests: preloaded into civicum-reader it takes memory and never gives it back, so many bytes
// every 10 ms, while the file that LEAKING names says so: two int64, the bytes and the process.
// The file is mapped before the reader locks itself in; a timer's signal needs no thread.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

static volatile const int64_t* wish;

static void leak(int signal) {
  (void)signal;
  const int64_t bytes = wish[0];
  if (bytes == 0 || wish[1] != getpid()) return;
  void* memory =
      mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory != MAP_FAILED) memset(memory, 1, (size_t)bytes);
}

__attribute__((constructor)) static void begin(void) {
  const char* path = getenv("LEAKING");
  const int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  void* mapped = fd >= 0 ? mmap(NULL, 16, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
  if (fd >= 0) close(fd);
  if (mapped == MAP_FAILED) abort();
  wish = mapped;
  const struct sigaction action = {.sa_handler = leak, .sa_flags = SA_RESTART};
  const struct itimerval every = {{0, 10000}, {0, 10000}};
  if (sigaction(SIGALRM, &action, NULL) != 0 || setitimer(ITIMER_REAL, &every, NULL) != 0) abort();
}
