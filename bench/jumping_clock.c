// SPDX-License-Identifier: GPL-3.0-or-later
// For bench/queue_chaos.py: a program that this is preloaded into sees a wall clock that is off by
// as many seconds as the file says that JUMPING_CLOCK names (eight bytes, the machine's own int64),
// changed while it runs. No other clock is touched, as a jump of the wall clock touches none.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int64_t offset_seconds(void) {
  static volatile const int64_t* offset;
  if (offset == NULL) {
    const char* path = getenv("JUMPING_CLOCK");
    const int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void* mapped = fd >= 0 ? mmap(NULL, sizeof *offset, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
    if (fd >= 0) close(fd);
    if (mapped == MAP_FAILED) abort();
    offset = mapped;
  }
  return *offset;
}

int clock_gettime(clockid_t clock, struct timespec* now) {
  const int failed = (int)syscall(SYS_clock_gettime, clock, now);
  const int is_wall = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI;
  if (failed == 0 && is_wall) now->tv_sec += offset_seconds();
  return failed;
}

int gettimeofday(struct timeval* restrict now, void* restrict zone) {
  const int failed = (int)syscall(SYS_gettimeofday, now, zone);
  if (failed == 0) now->tv_sec += offset_seconds();
  return failed;
}

time_t time(time_t* also) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (also != NULL) *also = now.tv_sec;
  return now.tv_sec;
}
