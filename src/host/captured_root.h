// SPDX-License-Identifier: GPL-3.0-or-later
// For tests: a folder with the files of a machine, as a HostRoot.
#pragma once

#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <string>
#include <utility>

#include "host/host_root.h"
#include "os/temp_dir.h"

namespace civicum {

class CapturedRoot {
 public:
  CapturedRoot(std::initializer_list<std::pair<std::string, std::string>> files) {
    for (const auto& [path, content] : files) {
      const std::filesystem::path full = root().at(path);
      std::filesystem::create_directories(full.parent_path());
      std::ofstream(full) << content;
    }
  }
  HostRoot root() const { return {folder_.path()}; }

 private:
  TempDir folder_ = *TempDir::create();
};

}  // namespace civicum
