// SPDX-License-Identifier: GPL-3.0-or-later
// The jobs that a document is made of:
//
//   open:LANG ──▶ pages:LANG × N ──▶ finish
//
// `open` finds how many pages there are; each `pages` job reads a run of them; `finish` needs them
// all, makes gaps of pages whose job was given up, and ends the document. The language is part of
// the kind because a reader is started with one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "node/reading_options.h"
#include "store/store.h"

namespace civicum {

inline constexpr const char* finish_kind = "finish";
std::string open_kind(const std::string& lang);
std::string pages_kind(const std::string& lang);

/// Pages [first, first + count) of a document, by index.
struct PageRun {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

/// Runs that are short enough for a document to be shared and long enough to be worth its opening.
std::vector<PageRun> page_runs(std::uint32_t page_count);

NewJob open_job(DocumentId document, const std::string& lang);
/// What follows once a document has been opened.
std::vector<NewJob> reading_jobs(DocumentId document, const std::string& lang,
                                 std::uint32_t page_count);
/// The run that a `pages` job was made for. Corrupt.
Result<PageRun> run_of(const ClaimedJob& job);

/// What ends a document whose job of this kind is dead; nothing for pages, which become gaps.
std::vector<SqlCall> writes_if_dead(const std::string& kind, std::optional<DocumentId> document);

struct NewOriginal {
  int fd = -1;  ///< borrowed, read from its start
  std::string file;
  std::string sha256;
  std::uint64_t size = 0;
};
struct AddedDocument {
  DocumentId id = 0;
  bool is_new = true;  ///< false: its content was handed in before, with the same options
};
/// Keeps the original, then the document with its first job; all of it durable when it returns.
Result<AddedDocument> add_document(Store& store, Blobs& blobs, const NewOriginal& original,
                                   const ReadingOptions& options);

}  // namespace civicum
