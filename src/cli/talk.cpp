// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/talk.h"

#include <algorithm>
#include <cstdio>
#include <string>

#include "base/text.h"

namespace civicum {

void talk(std::string_view line) {
  std::string text = clean_utf8(line);
  std::replace(text.begin(), text.end(), '\n', ' ');
  text += '\n';
  (void)std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace civicum
