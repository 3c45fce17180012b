// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/exit_code.h"

namespace civicum {

int exit_code_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::NotFound:
    case ErrorKind::BadInput:
    case ErrorKind::Denied:
      return exit_bad_usage;
    case ErrorKind::Refused:
    case ErrorKind::TooLarge:
    case ErrorKind::OutOfMemory:
      return exit_refused;
    case ErrorKind::Corrupt:  // of a store: a document's costs only itself
    case ErrorKind::Unavailable:
    case ErrorKind::TimedOut:
      return exit_unavailable;
  }
  return exit_bug;
}

}  // namespace civicum
