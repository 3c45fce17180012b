// SPDX-License-Identifier: GPL-3.0-or-later
// The jobs that a document is made of:
//
//   read:LANG ──▶ read:LANG with a first page × N ──▶ finish
//
// The first finds how many pages there are; each of the others reads a run of them; `finish` needs
// them all, makes gaps of pages whose job was given up, and ends the document. The language is part
// of the kind because a reader is started with one.
//
// The payload of a reading job is "PAGES" or "PAGES PASSWORD"; 0 pages: the document is to be
// opened. The password lies in the store until the job has ended.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "node/reading_options.h"
#include "store/store.h"

namespace civicum {

inline constexpr const char* finish_kind = "finish";
std::string reading_kind(const std::string& lang);
/// Empty where the kind is no reading.
std::string lang_of_kind(const std::string& kind);

/// Somebody waits for a document (civicum read), or it is read in its turn.
enum class Urgency : std::uint8_t { InTurn, Waited };

/// Pages [first, first + count) of a document, by index.
struct PageRun {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

/// Runs that are short enough for a document to be shared and long enough to be worth its opening.
std::vector<PageRun> page_runs(std::uint32_t page_count);

/// What a reading job was made for.
struct ReadingWork {
  std::optional<PageRun> pages;  ///< empty: the document is to be opened
  std::string password;
};

struct NewReading {
  DocumentId document = 0;
  std::string lang;
  std::string password;
  Urgency urgency = Urgency::InTurn;
};

NewJob opening_job(const NewReading& reading);
NewJob finish_job(DocumentId document);
/// What follows once `opening` has found so many pages. Corrupt.
Result<std::vector<NewJob>> jobs_after_opening(const std::string& lang, const ClaimedJob& opening,
                                               std::uint32_t page_count);
/// Corrupt where the payload is none.
Result<ReadingWork> reading_work(std::optional<std::uint32_t> page_index,
                                 const std::string& payload);

/// What ends a document whose job is dead; nothing for a run of pages, which become gaps.
std::vector<SqlCall> writes_if_dead(std::optional<DocumentId> document,
                                    std::optional<std::uint32_t> page_index);

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
struct AddOptions {
  ReadingOptions reading;
  std::string password;
  Urgency urgency = Urgency::InTurn;
};
/// Keeps the original, then the document with its first job; all of it durable when it returns. A
/// document that could not be opened before is opened again.
Result<AddedDocument> add_document(Store& store, Blobs& blobs, const NewOriginal& original,
                                   const AddOptions& options);
/// Has a document that has ended read again, as far as the workers can better it.
Status read_again(Store& store, const NewReading& reading);

}  // namespace civicum
