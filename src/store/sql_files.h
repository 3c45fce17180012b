// SPDX-License-Identifier: GPL-3.0-or-later
// The .sql files below store/, compiled in (cmake/embed_sql.cmake).
#pragma once

#include <span>
#include <string_view>

namespace civicum {

struct SqlFile {
  std::string_view path;  ///< from store/: "sqlite/jobs.sql"
  std::string_view text;
};

/// In the order of their paths.
extern const std::span<const SqlFile> sql_files;

}  // namespace civicum
