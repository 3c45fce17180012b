// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/copy.h"

#include <sys/stat.h>

#include <vector>

#include "store/originals.h"

namespace civicum {
namespace {

constexpr std::int64_t rows_per_step = 64;

struct TableCopy {
  std::string_view from;
  std::string_view to;
  std::size_t columns = 0;
  std::size_t key_columns = 1;  ///< the first ones; rows come in their order
  std::size_t bytes_column = SIZE_MAX;
};

constexpr TableCopy documents_copy{"documents_from", "document_to", 13};
constexpr TableCopy pages_copy{"pages_from", "page_to", 9, 2, 4};
constexpr TableCopy jobs_copy{"jobs_from", "job_to", 21};
constexpr TableCopy needs_copy{"needs_from", "need_to", 2, 2};

SqlValue value_of(const SqlRows& rows, std::size_t row, std::size_t column, bool is_bytes) {
  const SqlRows::Cell& cell = rows.cell(row, column);
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) return *integer;
  if (const auto* real = std::get_if<double>(&cell)) return *real;
  const auto* text = std::get_if<std::string>(&cell);
  if (text == nullptr) return std::monostate();
  if (is_bytes) return SqlBytes{*text};
  return std::string_view(*text);
}

SqlCall insert_call(const TableCopy& table, const SqlRows& rows, std::size_t row) {
  SqlCall call{table.to, {}};
  for (std::size_t column = 0; column < table.columns; ++column) {
    call.values.push_back(value_of(rows, row, column, column == table.bytes_column));
  }
  return call;
}

/// The rows behind `key`, copied as one transaction; moves `key` on. Answers how many there were.
Result<std::size_t> copy_step(const TableCopy& table, CopyEnd from, CopyEnd to,
                              std::vector<std::int64_t>& key) {
  SqlCall read{table.from, {}};
  for (const std::int64_t part : key) read.values.emplace_back(part);
  read.values.emplace_back(rows_per_step);
  const std::vector<SqlRows> answers =
      TRY(from.database.run(std::span(&read, 1), Durability::Relaxed));
  const SqlRows& rows = answers.front();
  if (rows.empty()) return 0;
  std::vector<SqlCall> inserts;
  inserts.reserve(rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    inserts.push_back(insert_call(table, rows, row));
  }
  (void)TRY(to.database.run(inserts, Durability::Relaxed));
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = rows.integer(rows.size() - 1, i);
  return rows.size();
}

Status copy_original(CopyEnd from, CopyEnd to, const std::string& sha256, CopyCounts& counts) {
  const Result<Fd> original = from.blobs.open(sha256);
  if (!original && original.error().kind != ErrorKind::NotFound) return original.error();
  ++(original ? counts.originals : counts.originals_missing);
  if (!original) return Done{};
  struct stat info {};
  if (fstat(original->get(), &info) != 0) return last_os_failure("cannot look at an original");
  return to.blobs.put(original->get(), sha256, static_cast<std::uint64_t>(info.st_size));
}

}  // namespace

Result<CopyCounts> copy_store(CopyEnd from, CopyEnd to,
                              const std::function<void(const CopyCounts&)>& on_progress) {
  const SqlRows there = TRY(to.database.run("has_rows", {}, Durability::Relaxed));
  if (!there.empty()) {
    return Error{ErrorKind::BadInput, to.database.name() +
                                          " holds documents already: copy into an "
                                          "empty store"};
  }
  CopyCounts counts;
  std::uint64_t needs = 0;
  for (const std::string& sha256 : TRY(wanted_originals(from.database))) {
    (void)TRY(copy_original(from, to, sha256, counts));
    on_progress(counts);
  }
  for (const auto& [table, count] :
       {std::pair(&documents_copy, &counts.documents), std::pair(&pages_copy, &counts.pages),
        std::pair(&jobs_copy, &counts.jobs), std::pair(&needs_copy, &needs)}) {
    std::vector<std::int64_t> key(table->key_columns, -1);
    while (const std::size_t copied = TRY(copy_step(*table, from, to, key))) {
      *count += copied;
      on_progress(counts);
    }
  }
  (void)TRY(to.database.run("end_copy", {}, Durability::Durable));
  return counts;
}

}  // namespace civicum
