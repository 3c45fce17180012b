// SPDX-License-Identifier: GPL-3.0-or-later
// Documents by content and options, their pages and gaps: what has been read already is not read
// again. Blocking; milliseconds at most.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/page.h"
#include "base/result.h"
#include "store/database.h"

namespace civicum {

using DocumentId = std::int64_t;

struct DocumentShape {
  DocumentType type = DocumentType::Pdf;
  std::uint32_t page_count = 0;
};

struct StoredDocument {
  DocumentId id = 0;
  std::optional<DocumentShape> opened;  ///< empty until a reader has opened it once
};

/// What a page was allowed. A page that came out worse than it could with more is read again when
/// more is allowed.
struct PageAllowance {
  Bytes limit;
  std::uint32_t page_seconds = 0;
};

/// One page's end, however it ended.
struct StoredPage {
  std::variant<PageReading, Gap> outcome;
  std::uint32_t attempts = 1;
  std::string sandbox;
  PageAllowance allowance;
};

struct NewDocument {
  std::string sha256;
  std::string options;  ///< what makes the same content a different reading
  std::string file;     ///< its name, valid UTF-8
  std::uint64_t size = 0;
};

struct DocumentRow {
  DocumentId id = 0;
  std::string file;
  std::string sha256;
  std::string options;
  std::string state;  ///< "received", "reading", "done", "done_with_gaps", "failed"
  std::optional<DocumentShape> opened;
  std::uint64_t size = 0;
  std::string reason;  ///< of a failure
  std::string detail;
  std::int64_t added_at_ms = 0;  ///< of the epoch
  std::optional<std::int64_t> ended_at_ms;
  bool is_kept = false;  ///< its original is among the blobs
  std::uint32_t pages_read = 0;
  std::uint32_t gaps = 0;
};

struct DocumentFilter {
  std::string state;  ///< empty: every
  DocumentId after = 0;
  std::uint32_t count = 100;
};

class Documents {
 public:
  explicit Documents(Database& database) : database_(&database) {}

  /// The document with this content, read with these options; added where it is new, in the state
  /// "received". Durable when it returns.
  Result<StoredDocument> find_or_add(const NewDocument& document);
  Status save_opened(DocumentId document, const DocumentShape& opened);
  /// Replaces what was there. Relaxed.
  Status save_page(DocumentId document, std::uint32_t page_index, const StoredPage& page);
  Result<std::optional<StoredPage>> load_page(DocumentId document, std::uint32_t page_index);
  /// One flag per page: true where its end is kept and more allowance would not better it.
  Result<std::vector<bool>> settled_pages(DocumentId document, std::uint32_t page_count,
                                          const PageAllowance& allowance);
  /// The pages that ended as gaps, ascending.
  Result<std::vector<std::uint32_t>> gap_pages(DocumentId document);
  /// Those of [first, first + count) that have not ended in any way, or that this allowance could
  /// better; ascending.
  Result<std::vector<std::uint32_t>> missing_pages(DocumentId document, std::uint32_t first,
                                                   std::uint32_t count,
                                                   const PageAllowance& allowance = {});
  /// How many pages have ended, one way or the other.
  Result<std::uint32_t> count_ended(DocumentId document);
  /// True where a job of it is open.
  Result<bool> is_pending(DocumentId document);
  /// True where one is open that opens it or reads pages.
  Result<bool> is_being_read(DocumentId document);
  /// NotFound where there is none with this number.
  Result<DocumentRow> show(DocumentId document);
  Result<std::vector<DocumentRow>> list(const DocumentFilter& filter);
  /// Handed in, not ended, and without a job.
  Result<std::vector<DocumentId>> stranded(std::size_t count = 100);
  /// The document with its pages and jobs; a worker that has it in hand finds its leases lost.
  Status remove(DocumentId document);
  /// Of one whose handing in failed: nothing is left of it, unless something came of it.
  Status take_back(DocumentId document);
  /// How many documents have this content, each with other options.
  Result<std::size_t> count_of_content(const std::string& sha256);
  /// Runs one of the calls below by itself. Durable.
  Status write(const SqlCall& call);

 private:
  Database* database_;
};

// Calls for transactions that do other things beside. What they borrow must outlive them.

SqlCall save_opened_call(DocumentId document, const DocumentShape& opened);
/// Its original is among the blobs now.
SqlCall keep_document_call(DocumentId document, const NewDocument& original);
SqlCall begin_document_call(DocumentId document);
/// "done", or "done_with_gaps" where one of its pages is a gap.
SqlCall end_document_call(DocumentId document);
/// Of a document that has ended and had pages read again since.
SqlCall renew_end_call(DocumentId document);
SqlCall fail_document_call(DocumentId document, std::string_view reason, std::string_view detail);

/// The bytes that a page's outcome is kept as, and the call that keeps it.
std::string encode_outcome(const StoredPage& page);
/// … and back. Corrupt.
Result<std::variant<PageReading, Gap>> decode_outcome(bool is_gap, std::string_view bytes);
SqlCall save_page_call(DocumentId document, std::uint32_t page_index, const StoredPage& page,
                       const std::string& outcome);

}  // namespace civicum
