// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/documents.h"

#include "protocol/messages.h"
#include "store/gap_codec.h"

namespace civicum {
namespace {

bool is_bettered_by_more(const StoredPage& page) {
  const auto* reading = std::get_if<PageReading>(&page.outcome);
  return reading == nullptr || reading->degraded.has_value();
}

Result<std::variant<PageReading, Gap>> decode_outcome(bool is_gap, std::string_view bytes) {
  if (is_gap) return std::variant<PageReading, Gap>(TRY(decode_gap(bytes)));
  return std::variant<PageReading, Gap>(TRY(protocol::decode_reading(bytes)));
}

StoredDocument document_of(const SqlRows& rows) {
  StoredDocument document{rows.integer(0, 0), {}};
  if (!rows.is_null(0, 2)) {
    document.opened = DocumentShape{static_cast<DocumentType>(rows.integer(0, 1)),
                                    static_cast<std::uint32_t>(rows.integer(0, 2))};
  }
  return document;
}

}  // namespace

Result<StoredDocument> Documents::find_or_add(const std::string& sha256,
                                              const std::string& options) {
  const SqlRows found =
      TRY(database_->run("find_document", {sha256, options}, Durability::Relaxed));
  if (!found.empty()) return document_of(found);
  const SqlRows added = TRY(database_->run("add_document", {sha256, options}, Durability::Durable));
  return document_of(added);
}

Status Documents::save_opened(DocumentId document, const DocumentShape& opened) {
  (void)TRY(database_->run(
      "save_opened",
      {document, static_cast<std::int64_t>(opened.type), std::int64_t{opened.page_count}},
      Durability::Relaxed));
  return Done{};
}

std::string encode_outcome(const StoredPage& page) {
  const auto* gap = std::get_if<Gap>(&page.outcome);
  return gap != nullptr ? encode_gap(*gap)
                        : protocol::encode_reading(std::get<PageReading>(page.outcome));
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
  const SqlCall call = save_page_call(document, page_index, page, outcome);
  (void)TRY(database_->run(std::span(&call, 1), Durability::Relaxed));
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
  const SqlRows rows = TRY(database_->run("gap_pages", {document}, Durability::Relaxed));
  std::vector<std::uint32_t> pages;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    pages.push_back(static_cast<std::uint32_t>(rows.integer(row, 0)));
  }
  return pages;
}

Result<std::uint32_t> Documents::count_ended(DocumentId document) {
  const SqlRows rows = TRY(database_->run("count_ended", {document}, Durability::Relaxed));
  return static_cast<std::uint32_t>(rows.integer(0, 0));
}

}  // namespace civicum
