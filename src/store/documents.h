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

class Documents {
 public:
  explicit Documents(Database& database) : database_(&database) {}

  /// The document with this content, read with these options; added where it is new. Durable when
  /// it returns.
  Result<StoredDocument> find_or_add(const std::string& sha256, const std::string& options);
  Status save_opened(DocumentId document, const DocumentShape& opened);
  /// Replaces what was there. Relaxed.
  Status save_page(DocumentId document, std::uint32_t page_index, const StoredPage& page);
  Result<std::optional<StoredPage>> load_page(DocumentId document, std::uint32_t page_index);
  /// One flag per page: true where its end is kept and more allowance would not better it.
  Result<std::vector<bool>> settled_pages(DocumentId document, std::uint32_t page_count,
                                          const PageAllowance& allowance);
  /// The pages that ended as gaps, ascending.
  Result<std::vector<std::uint32_t>> gap_pages(DocumentId document);
  /// How many pages have ended, one way or the other.
  Result<std::uint32_t> count_ended(DocumentId document);

 private:
  Database* database_;
};

/// The bytes that a page's outcome is kept as, and the call that keeps it, for transactions that
/// save a page beside other things. `outcome` must outlive the call.
std::string encode_outcome(const StoredPage& page);
SqlCall save_page_call(DocumentId document, std::uint32_t page_index, const StoredPage& page,
                       const std::string& outcome);

}  // namespace civicum
