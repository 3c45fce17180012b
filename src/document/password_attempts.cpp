// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/password_attempts.h"

#include "document/code_points.h"

namespace civicum {

std::vector<std::string> password_attempts(const std::string& password) {
  std::vector<std::string> attempts{password};
  std::string latin;
  bool is_latin = true;
  for_each_code_point(password, [&](char32_t c) {
    is_latin = is_latin && c <= 0xFF;
    latin += static_cast<char>(c);
  });
  if (is_latin && latin != password) attempts.push_back(latin);
  if (!password.empty()) attempts.emplace_back();
  return attempts;
}

}  // namespace civicum
