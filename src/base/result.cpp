// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/result.h"

#include <cerrno>
#include <system_error>

namespace civicum {

Error os_failure(ErrorKind kind, std::string what, int os_error) {
  what += ": " + std::generic_category().message(os_error);
  if (os_error == ENOSPC || os_error == EDQUOT) what += "; make room there";
  return Error{kind, std::move(what), os_error};
}

ErrorKind kind_of_errno(int os_error) {
  switch (os_error) {
    case ENOENT:
    case ENOTDIR:
      return ErrorKind::NotFound;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorKind::Denied;
    case ENOMEM:
      return ErrorKind::OutOfMemory;
    case ENAMETOOLONG:
      return ErrorKind::TooLarge;
    case ETIMEDOUT:
      return ErrorKind::TimedOut;
    case ENOSPC:
    case EFBIG:
    case EDQUOT:
    case EIO:
    case EMFILE:
    case ENFILE:
      return ErrorKind::Unavailable;
    default:
      return ErrorKind::BadInput;
  }
}

}  // namespace civicum
