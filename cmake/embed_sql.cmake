# SPDX-License-Identifier: GPL-3.0-or-later
# civicum_embed_sql(TARGET): every .sql file below src/store becomes text of TARGET, in the order of
# their paths: `civicum::sql_files`, declared in store/sql_files.h.
function(civicum_embed_sql target)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/src/store ${CMAKE_SOURCE_DIR}/src/store/*.sql)
  set(entries "")
  foreach(file ${files})
    file(READ ${CMAKE_SOURCE_DIR}/src/store/${file} text)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/store/${file})
    string(APPEND entries "    SqlFile{\"${file}\", R\"sql(${text})sql\"},\n")
  endforeach()
  set(source ${CMAKE_BINARY_DIR}/generated/sql_files.cpp)
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT [[
// Written by cmake/embed_sql.cmake.
#include "store/sql_files.h"

#include <array>

namespace civicum {
namespace {
constexpr std::array files = {
@entries@};
}  // namespace
const std::span<const SqlFile> sql_files = files;
}  // namespace civicum
]])
  target_sources(${target} PRIVATE ${source})
endfunction()
