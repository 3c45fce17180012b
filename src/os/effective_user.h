// SPDX-License-Identifier: GPL-3.0-or-later
// For a moment another system user, as root may be: what is opened or connected to meanwhile is
// opened by that user (SO_PEERCRED says so too). Of the whole process: no other thread may run.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"

namespace civicum {

class EffectiveUser {
 public:
  /// Changes nothing where this is the user already. Denied where only root could.
  static Result<EffectiveUser> become(uid_t user);
  EffectiveUser(const EffectiveUser&) = delete;
  EffectiveUser& operator=(const EffectiveUser&) = delete;
  EffectiveUser(EffectiveUser&& other) noexcept;
  EffectiveUser& operator=(EffectiveUser&& other) = delete;
  ~EffectiveUser();

 private:
  EffectiveUser(uid_t before, bool is_changed) : before_(before), is_changed_(is_changed) {}
  uid_t before_;
  bool is_changed_;
};

/// The name of a system user; empty where it has none.
std::string user_name(uid_t user);
bool is_user(const std::string& name);

}  // namespace civicum
