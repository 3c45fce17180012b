// SPDX-License-Identifier: GPL-3.0-or-later
// Result<T>: a value or an Error. What can fail returns it; nothing of ours throws.
// ErrorKind says what the caller can do; cli/exit_code.h turns kinds into exit codes.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <variant>

namespace civicum {

enum class ErrorKind : std::uint8_t {
  NotFound,
  BadInput,
  Corrupt,
  Denied,
  Refused,  ///< by a rule of ours: sovereignty
  TooLarge,
  Unavailable,
  TimedOut,
  OutOfMemory
};

struct [[nodiscard]] Error {
  ErrorKind kind = ErrorKind::BadInput;
  std::string what;
  int os_error = 0;
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  Error& error() { return std::get<1>(state_); }
  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

/// The value of a step that can fail and has nothing to return.
struct Done {};
using Status = Result<Done>;

/// An Error from errno, with what was tried: `os_failure(ErrorKind::NotFound, "open " + path,
/// errno)`.
Error os_failure(ErrorKind kind, std::string what, int os_error);

/// The ErrorKind that an errno stands for (ENOENT: NotFound, EACCES: Denied, ENOSPC: Unavailable
/// …).
ErrorKind kind_of_errno(int os_error);

}  // namespace civicum

/// The value of a Result, or return its error from the enclosing function. One per statement, never
/// in a coroutine.
#define TRY(expression)                                      \
  __extension__({                                            \
    auto try_result_ = (expression);                         \
    if (!try_result_) return std::move(try_result_).error(); \
    *std::move(try_result_);                                 \
  })

/// Our own bugs end the process, in release builds too.
#define ENSURE(condition)                                                                 \
  do {                                                                                    \
    if (!(condition)) {                                                                   \
      std::fprintf(stderr, "civicum: bug: %s (%s:%d)\n", #condition, __FILE__, __LINE__); \
      std::abort();                                                                       \
    }                                                                                     \
  } while (false)
