// SPDX-License-Identifier: GPL-3.0-or-later
// What has been read already, so that nothing is read twice: documents by content and options,
// their pages and gaps. One SQLite file in the data folder, written by the civicum process only.
// Blocking; milliseconds at most.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/page.h"
#include "base/result.h"
#include "store/sqlite_db.h"

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

class PageStore {
 public:
  /// Opens or creates `folder`/civicum.sqlite. A schema newer than this program is refused
  /// (Unavailable).
  static Result<PageStore> open(const std::string& folder);

  /// The document with this content, read with these options; added where it is new. Durable when
  /// it returns.
  Result<StoredDocument> find_or_add(const std::string& sha256, const std::string& options);
  Status save_opened(DocumentId document, const DocumentShape& opened);
  /// Replaces what was there. Survives a kill of this process; a power cut may lose the last pages.
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
  struct Statements {
    SqliteStatement find, add, opened, save_page, load_page, settled, gaps, count;
  };
  PageStore(SqliteDb db, Statements statements);

  SqliteDb db_;
  Statements statements_;
};

}  // namespace civicum
