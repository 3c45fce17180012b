// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/effective_user.h"

#include <pwd.h>
#include <unistd.h>

#include <utility>

#include "os/fd.h"

namespace civicum {

Result<EffectiveUser> EffectiveUser::become(uid_t user) {
  const uid_t before = geteuid();
  if (user == before) return EffectiveUser(before, false);
  if (seteuid(user) != 0) return last_os_failure("cannot act as the user " + user_name(user));
  return EffectiveUser(before, true);
}

EffectiveUser::EffectiveUser(EffectiveUser&& other) noexcept
    : before_(other.before_), is_changed_(std::exchange(other.is_changed_, false)) {}

EffectiveUser::~EffectiveUser() {
  if (is_changed_) ENSURE(seteuid(before_) == 0);
}

std::string user_name(uid_t user) {
  const passwd* entry = getpwuid(user);
  return entry != nullptr ? entry->pw_name : "";
}

bool is_user(const std::string& name) { return getpwnam(name.c_str()) != nullptr; }

}  // namespace civicum
