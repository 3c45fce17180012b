// SPDX-License-Identifier: GPL-3.0-or-later
// What `civicum read` was asked for, decided once, and what it tells whoever watches.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/page.h"
#include "node/reader_cages.h"
#include "node/record.h"

namespace civicum {

enum class PdfOutput : std::uint8_t { No, Yes };

struct ReadOptions {
  std::string out_folder = "civicum-out";
  std::string data_folder;
  std::string reader_program;
  std::string lang = "spa";
  std::string password;
  Dpi dpi{200};
  Bytes memory = gib(2);  ///< of all processes together
  std::uint32_t jobs = 1;
  std::uint32_t page_seconds = 60;
  SummaryChoice summary = SummaryChoice::Extract;
  PdfOutput pdf = PdfOutput::No;
  ReaderCages* cages = nullptr;  ///< borrowed; none: readers go without
};

enum class DocumentState : std::uint8_t { Finished, FinishedWithGaps, Failed, Interrupted };
std::string_view name_of(DocumentState state);

struct DocumentOutcome {
  std::string file;
  std::string sha256;
  DocumentState state = DocumentState::Finished;
  std::uint32_t pages_in = 0;
  std::uint32_t pages_read = 0;
  std::uint32_t gaps = 0;
  std::uint32_t degraded = 0;    ///< of pages_read: at fewer dpi, or with a part missing
  std::uint32_t damaged = 0;     ///< of degraded: with a part missing
  std::uint32_t pages_kept = 0;  ///< of pages_read and gaps: ended in an earlier run
  std::string record;            ///< paths of the results; empty where there is none
  std::string markdown;
  std::string pdf;
  std::string reason;  ///< of a failure: "encrypted", "not_a_document", "not_written" …
  std::string detail;  ///< why it failed, or what went wrong beside
  std::chrono::milliseconds elapsed{0};
};

/// Where a run stands, for a display.
struct ReadSnapshot {
  std::string current;  ///< the oldest document at work
  std::uint32_t current_pages = 0;
  std::uint32_t current_done = 0;
  std::uint32_t documents = 0;
  std::uint32_t documents_done = 0;
  std::uint64_t pages_read_now = 0;  ///< in this run, gaps included
  std::uint64_t pages_waiting = 0;   ///< known and not ended yet
  std::uint64_t gaps = 0;
  Bytes memory_used;  ///< anonymous and swapped, readers and civicum
  Bytes memory_budget;
};

class ReadObserver {
 public:
  virtual ~ReadObserver() = default;
  virtual void on_document(const DocumentOutcome& outcome) = 0;
  /// A page that could not be read or was read worse than asked.
  virtual void on_gap(const std::string& file, std::uint32_t page_number, const Gap& gap) = 0;
  /// What is unusual and goes on by itself: memory that ran short.
  virtual void on_event(const std::string& sentence) = 0;
};

}  // namespace civicum
