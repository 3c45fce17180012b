// SPDX-License-Identifier: GPL-3.0-or-later
// The results of one document as files: NAME.json (the record, DESIGN's format, version 1) and
// NAME.md (text by page). Written from the store page by page, so that a document of any length
// costs the memory of one page.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/page.h"
#include "base/result.h"
#include "os/atomic_file.h"
#include "store/documents.h"
#include "summary/summary.h"

namespace civicum {

inline constexpr int record_version = 1;

enum class SummaryChoice : std::uint8_t { Off, Extract };
/// Interrupted: the pages ended so far, marked as such; the pages that are missing are not gaps.
enum class Completeness : std::uint8_t { Whole, Interrupted };

/// What the record says besides the pages.
struct RecordHead {
  std::string file;  ///< UTF-8
  std::string sha256;
  std::string lang;
  Dpi dpi;
  DocumentType type = DocumentType::Pdf;
  std::uint32_t page_count = 0;
  SummaryChoice summary = SummaryChoice::Extract;
  Completeness completeness = Completeness::Whole;
};

struct RecordPaths {
  std::string json;
  std::string markdown;
};

struct RecordCounts {
  std::uint32_t pages_read = 0;
  std::uint32_t gaps = 0;
  std::uint32_t degraded = 0;  ///< of pages_read, known once step() has ended
  std::uint32_t damaged = 0;   ///< of degraded: a part of the page is missing
};

/// A page as it stands in the Markdown, or why it is missing there.
void append_markdown(std::string& out, std::uint32_t page_number, const StoredPage& page);

class RecordWriter {
 public:
  /// Creates both temporary files and writes the head. Corrupt where Whole is asked for and pages
  /// are missing.
  static Result<RecordWriter> begin(Documents documents, DocumentId document, RecordHead head,
                                    RecordPaths paths);
  /// The record alone, into an open file, which is borrowed; no Markdown.
  static Result<RecordWriter> begin(Documents documents, DocumentId document, RecordHead head,
                                    int record_fd);
  /// Writes the next few pages, then their fields, then the end; false once the results are
  /// whole and in place. A step takes milliseconds, so that whoever owns the loop can serve readers
  /// in between.
  Result<bool> step();
  RecordCounts counts() const { return counts_; }

 private:
  enum class Phase : std::uint8_t { Pages, Fields, End };
  struct Files {
    AtomicFile json;
    AtomicFile markdown;
  };
  /// Where the results go: files of their own, or a descriptor for the record alone.
  using Target = std::variant<Files, int>;
  RecordWriter(Documents documents, DocumentId document, RecordHead head, Target target);
  Status step_page();
  Status write_head();
  Status write_page(std::uint32_t page_index);
  Status write_fields(std::uint32_t page_index);
  Status write_end();
  Status next_in_phase();
  Status flush();
  Status write_out();

  Documents documents_;
  DocumentId document_;
  RecordHead head_;
  RecordCounts counts_;
  Phase phase_ = Phase::Pages;
  std::uint32_t next_page_ = 0;
  bool is_first_item_ = true;
  std::optional<Summarizer> summarizer_;
  Target target_;
  std::string json_text_;
  std::string markdown_text_;
};

/// Record and Markdown of a document that failed: an OpenError's name, "killed" or "cancelled".
Status write_failure_record(const RecordPaths& paths, const std::string& file,
                            std::string_view reason, const std::string& detail);
/// The record alone, as text.
std::string failure_record(const std::string& file, std::string_view reason,
                           const std::string& detail);

/// True where a whole record of this content is at `path`: not one of an interrupted run.
bool holds_whole_record(const std::string& path, const std::string& sha256);

}  // namespace civicum
