// SPDX-License-Identifier: GPL-3.0-or-later
// What the user named, as a list of documents with the names of their results. Reads folders, opens
// no file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "os/fd.h"

namespace civicum {

struct Input {
  std::string path;  ///< to open it; "-" is standard input
  std::string name;  ///< for the record: the file's name; below a folder, the path from there
  std::string stem;  ///< of its results below the output folder: "sub/oficio"
  Fd spool;          ///< the bytes of what is no regular file: standard input, a pipe
};

/// An input that cannot be read at all.
struct InputFailure {
  std::string path;  ///< as it was named
  Error error;
};

struct Inputs {
  std::vector<Input> documents;
  std::vector<InputFailure>
      failures;                   ///< arguments that are not there, folders that cannot be read
  std::uint32_t passed_over = 0;  ///< files in folders that are not documents by name or content
};

/// Folders are walked in the order of names, hidden entries left out; links to folders are not
/// followed. In a folder only files count whose extension or first bytes say PDF, PNG, JPEG or
/// TIFF. A folder below that is `out_folder` is left out: results are not read again. What is
/// neither a file, a folder nor a pipe is a failure of its own, and so is each folder that cannot
/// be read, and what has a document's name in a folder and is no file.
Inputs expand_inputs(const std::vector<std::string>& arguments, const std::string& out_folder);

/// Copies standard input and pipes into unnamed files in `folder`. Blocks until they end. One that
/// cannot be opened, or is too long, becomes a failure; an Error where nothing can be spooled.
Status spool_streams(Inputs& inputs, const std::string& folder);

/// Gives every input its stem: the name without its extension; on a clash with an earlier one
/// NAME.EXT, then NAME-2, NAME-3 … Pure.
void name_results(std::vector<Input>& inputs);

}  // namespace civicum
