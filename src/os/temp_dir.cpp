// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/temp_dir.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "os/fd.h"

namespace civicum {

Result<TempDir> TempDir::create(const std::string& parent) {
  const char* preferred = std::getenv("TMPDIR");
  std::string path = !parent.empty() ? parent : preferred != nullptr ? preferred : "/tmp";
  path += "/civicum-XXXXXX";
  if (mkdtemp(path.data()) == nullptr) return last_os_failure("mkdtemp " + path);
  return TempDir(std::move(path));
}

TempDir::~TempDir() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace civicum
