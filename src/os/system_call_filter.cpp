// SPDX-License-Identifier: GPL-3.0-or-later
// The system calls a reader may make: what malloc, Poppler, Tesseract, Leptonica, libtiff,
// fontconfig, qpdf and ICU need once everything is loaded. All others answer EPERM, so that a
// library can carry on without them; calls of a foreign architecture end the process.
//
// Not in the list, on purpose: socket, connect, bind, execve, clone, ptrace, kill, mount, bpf,
// io_uring, keyctl, prctl(PR_SET_*), any open for writing, and memory that can be executed.
#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <initializer_list>
#include <memory>

#include "os/fd.h"
#include "os/sandbox.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CIVICUM_WITH_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define CIVICUM_WITH_SANITIZER 1
#endif
#endif

namespace civicum {
namespace {

struct FilterDeleter {
  void operator()(void* filter) const { seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, FilterDeleter>;

constexpr std::array plain_calls = {
    // files that are open, and looking at names
    SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(pread64),
    SCMP_SYS(pwrite64), SCMP_SYS(preadv), SCMP_SYS(pwritev), SCMP_SYS(lseek), SCMP_SYS(close),
    SCMP_SYS(dup), SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(stat), SCMP_SYS(lstat),
    SCMP_SYS(statx), SCMP_SYS(statfs), SCMP_SYS(fstatfs), SCMP_SYS(access), SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getdents),
    SCMP_SYS(getdents64), SCMP_SYS(getcwd), SCMP_SYS(ftruncate), SCMP_SYS(fsync),
    SCMP_SYS(fdatasync), SCMP_SYS(fadvise64),
    // memory
    SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(brk), SCMP_SYS(madvise), SCMP_SYS(mincore),
    SCMP_SYS(msync), SCMP_SYS(membarrier),
    // threads and time
    SCMP_SYS(futex), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(getcpu),
    SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres),
    SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(gettimeofday), SCMP_SYS(time),
    SCMP_SYS(times), SCMP_SYS(getrusage), SCMP_SYS(getrandom),
    // itself
    SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getppid), SCMP_SYS(getuid), SCMP_SYS(geteuid),
    SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(uname), SCMP_SYS(sysinfo), SCMP_SYS(getrlimit),
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall), SCMP_SYS(exit), SCMP_SYS(exit_group),
    // its one socket
    SCMP_SYS(recvmsg), SCMP_SYS(sendmsg), SCMP_SYS(recvfrom), SCMP_SYS(sendto), SCMP_SYS(shutdown),
    SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(select), SCMP_SYS(pselect6)};

/// False only where the library fails; a call that this architecture does not have is no failure.
bool allow(const Filter& filter, int call, std::initializer_list<scmp_arg_cmp> conditions = {}) {
  const int answer =
      seccomp_rule_add_array(filter.get(), SCMP_ACT_ALLOW, call,
                             static_cast<unsigned>(conditions.size()), conditions.begin());
  return answer == 0 || answer == -EDOM;
}

scmp_arg_cmp equals(unsigned argument, scmp_datum_t value) {
  return {argument, SCMP_CMP_EQ, value, 0};
}
scmp_arg_cmp has_none_of(unsigned argument, scmp_datum_t bits) {
  return {argument, SCMP_CMP_MASKED_EQ, bits, 0};
}

bool allow_plain_calls(const Filter& filter) {
  for (const int call : plain_calls) {
    if (!allow(filter, call)) return false;
  }
  return true;
}

bool allow_fcntl(const Filter& filter) {
  for (const int command : {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL}) {
    if (!allow(filter, SCMP_SYS(fcntl), {equals(1, static_cast<scmp_datum_t>(command))})) {
      return false;
    }
  }
  return true;
}

/// Opening for reading, memory that is not executable, signals to itself (abort), its own limits.
bool allow_with_conditions(const Filter& filter) {
  constexpr scmp_datum_t writing = O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY);
  const auto self = static_cast<scmp_datum_t>(getpid());
  return allow_fcntl(filter) &&  //
         allow(filter, SCMP_SYS(open), {has_none_of(1, writing)}) &&
         allow(filter, SCMP_SYS(openat), {has_none_of(2, writing)}) &&
         allow(filter, SCMP_SYS(mmap), {has_none_of(2, PROT_EXEC)}) &&
         allow(filter, SCMP_SYS(mprotect), {has_none_of(2, PROT_EXEC)}) &&
         allow(filter, SCMP_SYS(tgkill), {equals(0, self)}) &&
         allow(filter, SCMP_SYS(prlimit64), {equals(0, 0), equals(2, 0)});
}

/// The C library falls back to older calls only where these are unknown, not where they are denied.
bool hide_newer_calls(const Filter& filter) {
  for (const int call : {SCMP_SYS(clone3), SCMP_SYS(openat2)}) {
    const int answer = seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(ENOSYS), call, 0);
    if (answer != 0 && answer != -EDOM) return false;
  }
  return true;
}

#ifdef CIVICUM_WITH_SANITIZER
/// Sanitizers try whether memory is readable by writing it into a pipe.
bool allow_sanitizer(const Filter& filter) {
  for (const int call : {SCMP_SYS(pipe), SCMP_SYS(pipe2), SCMP_SYS(prctl)}) {
    if (!allow(filter, call)) return false;
  }
  return true;
}
#else
bool allow_sanitizer(const Filter&) { return true; }
#endif

}  // namespace

bool filter_system_calls() {
  const Filter filter(seccomp_init(SCMP_ACT_ERRNO(EPERM)));
  if (!filter) return false;
  if (!allow_plain_calls(filter) || !allow_with_conditions(filter)) return false;
  if (!hide_newer_calls(filter) || !allow_sanitizer(filter)) return false;
  return seccomp_load(filter.get()) == 0;
}

}  // namespace civicum
