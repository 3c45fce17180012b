// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/documents.h"

#include <array>

#include "protocol/messages.h"
#include "store/gap_codec.h"
#include "store/search.h"

namespace civicum {
namespace {

bool is_bettered_by_more(const StoredPage& page) {
  const auto* reading = std::get_if<PageReading>(&page.outcome);
  return reading == nullptr || reading->degraded.has_value();
}

StoredDocument document_of(const SqlRows& rows) {
  StoredDocument document{rows.integer(0, 0), {}};
  if (!rows.is_null(0, 2)) {
    document.opened = DocumentShape{static_cast<DocumentType>(rows.integer(0, 1)),
                                    static_cast<std::uint32_t>(rows.integer(0, 2))};
  }
  return document;
}

std::vector<std::uint32_t> page_indexes(const SqlRows& rows) {
  std::vector<std::uint32_t> pages;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    pages.push_back(static_cast<std::uint32_t>(rows.integer(row, 0)));
  }
  return pages;
}

DocumentRow row_of(const SqlRows& rows, std::size_t row) {
  DocumentRow document;
  document.id = rows.integer(row, 0);
  document.file = rows.bytes(row, 1);
  document.sha256 = rows.bytes(row, 2);
  document.options = rows.bytes(row, 3);
  document.state = rows.bytes(row, 4);
  if (!rows.is_null(row, 6)) {
    document.opened = DocumentShape{static_cast<DocumentType>(rows.integer(row, 5)),
                                    static_cast<std::uint32_t>(rows.integer(row, 6))};
  }
  document.size = static_cast<std::uint64_t>(rows.integer(row, 7));
  document.reason = rows.bytes(row, 8);
  document.detail = rows.bytes(row, 9);
  document.added_at_ms = rows.integer(row, 10);
  if (!rows.is_null(row, 11)) document.ended_at_ms = rows.integer(row, 11);
  document.is_kept = rows.integer(row, 12) != 0;
  document.pages_read = static_cast<std::uint32_t>(rows.integer(row, 13));
  document.gaps = static_cast<std::uint32_t>(rows.integer(row, 14));
  return document;
}

}  // namespace

Result<StoredDocument> Documents::find_or_add(const NewDocument& document) {
  const SqlRows found = TRY(
      database_->run("find_document", {document.sha256, document.options}, Durability::Relaxed));
  if (!found.empty()) return document_of(found);
  const SqlRows added = TRY(database_->run(
      "add_document",
      {document.sha256, document.options, document.file, static_cast<std::int64_t>(document.size)},
      Durability::Durable));
  return document_of(added);
}

SqlCall save_opened_call(DocumentId document, const DocumentShape& opened) {
  return {"save_opened",
          {document, static_cast<std::int64_t>(opened.type), std::int64_t{opened.page_count}}};
}

SqlCall keep_document_call(DocumentId document, const NewDocument& original) {
  return {"keep_document", {document, original.file, static_cast<std::int64_t>(original.size)}};
}

SqlCall begin_document_call(DocumentId document) { return {"begin_document", {document}}; }

SqlCall end_document_call(DocumentId document) { return {"end_document", {document}}; }

SqlCall renew_end_call(DocumentId document) { return {"renew_end", {document}}; }

SqlCall fail_document_call(DocumentId document, std::string_view reason, std::string_view detail) {
  return {"fail_document", {document, reason, detail}};
}

Status Documents::write(const SqlCall& call) {
  (void)TRY(database_->run(std::span(&call, 1), Durability::Durable));
  return Done{};
}

Status Documents::save_opened(DocumentId document, const DocumentShape& opened) {
  const SqlCall call = save_opened_call(document, opened);
  (void)TRY(database_->run(std::span(&call, 1), Durability::Relaxed));
  return Done{};
}

std::string encode_outcome(const StoredPage& page) {
  const auto* gap = std::get_if<Gap>(&page.outcome);
  return gap != nullptr ? encode_gap(*gap)
                        : protocol::encode_reading(std::get<PageReading>(page.outcome));
}

Result<std::variant<PageReading, Gap>> decode_outcome(bool is_gap, std::string_view bytes) {
  if (is_gap) return std::variant<PageReading, Gap>(TRY(decode_gap(bytes)));
  return std::variant<PageReading, Gap>(TRY(protocol::decode_reading(bytes)));
}

SqlCall save_page_call(DocumentId document, std::uint32_t page_index, const StoredPage& page,
                       const std::string& outcome) {
  return {
      "save_page",
      {document, std::int64_t{page_index}, std::int64_t{std::holds_alternative<Gap>(page.outcome)},
       std::int64_t{is_bettered_by_more(page)}, SqlBytes{outcome}, std::int64_t{page.attempts},
       page.sandbox, static_cast<std::int64_t>(page.allowance.limit.count),
       std::int64_t{page.allowance.page_seconds}}};
}

Status Documents::save_page(DocumentId document, std::uint32_t page_index, const StoredPage& page) {
  const std::string outcome = encode_outcome(page);
  const IndexedPage indexed = index_of(page);
  const std::array calls = {save_page_call(document, page_index, page, outcome),
                            index_page_call(document, page_index, indexed)};
  (void)TRY(database_->run(calls, Durability::Relaxed));
  return Done{};
}

Result<std::optional<StoredPage>> Documents::load_page(DocumentId document,
                                                       std::uint32_t page_index) {
  const SqlRows rows =
      TRY(database_->run("load_page", {document, std::int64_t{page_index}}, Durability::Relaxed));
  if (rows.empty()) return std::optional<StoredPage>();
  StoredPage page;
  page.outcome = TRY(decode_outcome(rows.integer(0, 0) != 0, rows.bytes(0, 1)));
  page.attempts = static_cast<std::uint32_t>(rows.integer(0, 2));
  page.sandbox = rows.bytes(0, 3);
  page.allowance = {Bytes{static_cast<std::uint64_t>(rows.integer(0, 4))},
                    static_cast<std::uint32_t>(rows.integer(0, 5))};
  return std::optional(std::move(page));
}

Result<std::vector<bool>> Documents::settled_pages(DocumentId document, std::uint32_t page_count,
                                                   const PageAllowance& allowance) {
  const SqlRows rows =
      TRY(database_->run("settled_pages",
                         {document, static_cast<std::int64_t>(allowance.limit.count),
                          std::int64_t{allowance.page_seconds}},
                         Durability::Relaxed));
  std::vector<bool> settled(page_count, false);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const auto index = static_cast<std::uint64_t>(rows.integer(row, 0));
    if (index < page_count) settled[index] = true;
  }
  return settled;
}

Result<std::vector<std::uint32_t>> Documents::gap_pages(DocumentId document) {
  return page_indexes(TRY(database_->run("gap_pages", {document}, Durability::Relaxed)));
}

Result<std::vector<std::uint32_t>> Documents::missing_pages(DocumentId document,
                                                            std::uint32_t first,
                                                            std::uint32_t count,
                                                            const PageAllowance& allowance) {
  const std::vector<std::uint32_t> ended = page_indexes(TRY(database_->run(
      "ended_pages",
      {document, std::int64_t{first}, std::int64_t{count},
       static_cast<std::int64_t>(allowance.limit.count), std::int64_t{allowance.page_seconds}},
      Durability::Relaxed)));
  std::vector<bool> has_ended(count, false);
  for (const std::uint32_t page_index : ended) has_ended[page_index - first] = true;
  std::vector<std::uint32_t> missing;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (!has_ended[i]) missing.push_back(first + i);
  }
  return missing;
}

Result<std::uint32_t> Documents::count_ended(DocumentId document) {
  const SqlRows rows = TRY(database_->run("count_ended", {document}, Durability::Relaxed));
  return static_cast<std::uint32_t>(rows.integer(0, 0));
}

Result<bool> Documents::is_pending(DocumentId document) {
  const SqlRows rows = TRY(database_->run("is_pending", {document}, Durability::Relaxed));
  return !rows.empty();
}

Result<bool> Documents::is_being_read(DocumentId document) {
  const SqlRows rows = TRY(database_->run("is_being_read", {document}, Durability::Relaxed));
  return !rows.empty();
}

Status Documents::remove(DocumentId document) {
  const std::array calls = {SqlCall{"remove_document", {document}}, remove_document_call(document)};
  (void)TRY(database_->run(calls, Durability::Durable));
  return Done{};
}

Status Documents::take_back(DocumentId document) {
  (void)TRY(database_->run("take_back_document", {document}, Durability::Relaxed));
  return Done{};
}

Result<std::size_t> Documents::count_of_content(const std::string& sha256) {
  const SqlRows rows = TRY(database_->run("documents_of_content", {sha256}, Durability::Relaxed));
  return rows.size();
}

Result<DocumentRow> Documents::show(DocumentId document) {
  const SqlRows rows = TRY(database_->run("show_document", {document}, Durability::Relaxed));
  if (rows.empty()) return Error{ErrorKind::NotFound, "no document " + std::to_string(document)};
  return row_of(rows, 0);
}

Result<std::vector<DocumentRow>> Documents::list(const DocumentFilter& filter) {
  const SqlRows rows =
      TRY(database_->run("list_documents", {filter.state, filter.after, std::int64_t{filter.count}},
                         Durability::Relaxed));
  std::vector<DocumentRow> documents;
  for (std::size_t row = 0; row < rows.size(); ++row) documents.push_back(row_of(rows, row));
  return documents;
}

Result<std::vector<DocumentId>> Documents::stranded(std::size_t count) {
  const SqlRows rows = TRY(database_->run("stranded_documents", {static_cast<std::int64_t>(count)},
                                          Durability::Relaxed));
  std::vector<DocumentId> documents;
  for (std::size_t row = 0; row < rows.size(); ++row) documents.push_back(rows.integer(row, 0));
  return documents;
}

}  // namespace civicum
