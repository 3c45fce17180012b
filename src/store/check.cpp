// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/check.h"

#include <algorithm>

#include "store/documents.h"
#include "store/originals.h"

namespace civicum {
namespace {

constexpr std::size_t rows_per_query = 1000;
constexpr std::int64_t pages_per_query = 64;

using Findings = std::vector<std::string>;

Status check_file(Database& database, Findings& findings) {
  const SqlRows file = TRY(database.run("check_file", {}, Durability::Relaxed));
  for (std::size_t row = 0; row < file.size(); ++row) {
    if (file.bytes(row, 0) != "ok") findings.push_back("the database: " + file.bytes(row, 0));
  }
  return Done{};
}

Status check_rows(Database& database, Findings& findings) {
  for (const char* operation : {"check_rows", "check_words"}) {
    const SqlRows rows = TRY(
        database.run(operation, {static_cast<std::int64_t>(findings_max)}, Durability::Relaxed));
    for (std::size_t row = 0; row < rows.size(); ++row) {
      findings.push_back(rows.bytes(row, 0) + " " + std::to_string(rows.integer(row, 1)) + ": " +
                         rows.bytes(row, 2));
    }
  }
  return Done{};
}

Status check_index(Database& database, Findings& findings) {
  const Result<SqlRows> index = database.run("check_index", {}, Durability::Relaxed);
  if (index) return Done{};
  if (index.error().kind != ErrorKind::Corrupt) return index.error();
  findings.emplace_back("the search index: it is damaged");
  return Done{};
}

/// What was kept of every page can be read.
Status check_pages(Database& database, Findings& findings) {
  for (std::int64_t document = 0, page_index = -1;;) {
    const SqlRows pages = TRY(
        database.run("pages_from", {document, page_index, pages_per_query}, Durability::Relaxed));
    if (pages.empty()) return Done{};
    for (std::size_t row = 0; row < pages.size(); ++row) {
      document = pages.integer(row, 0);
      page_index = pages.integer(row, 1);
      if (decode_outcome(pages.integer(row, 2) != 0, pages.bytes(row, 4))) continue;
      findings.push_back("document " + std::to_string(document) + ": what was kept of page " +
                         std::to_string(page_index + 1) + " cannot be read");
    }
  }
}

Result<std::vector<std::string>> kept_originals(Blobs& blobs) {
  std::vector<std::string> kept;
  while (true) {
    const std::vector<std::string> some =
        TRY(blobs.list(kept.empty() ? "" : kept.back(), rows_per_query));
    if (some.empty()) return kept;
    kept.insert(kept.end(), some.begin(), some.end());
  }
}

Status check_bytes(Blobs& blobs, const std::string& sha256, const ContentDigest& digest,
                   Findings& findings) {
  const Result<Fd> original = blobs.open(sha256);
  const Result<std::string> found =
      original ? digest(original->get()) : Result<std::string>(original.error());
  if (found && *found == sha256) return Done{};
  if (!found && found.error().kind == ErrorKind::Unavailable) return found.error();
  findings.push_back("original " + sha256 + ": " +
                     (found ? "its bytes are not those that were handed in" : found.error().what));
  return Done{};
}

Status check_originals(Database& database, Blobs& blobs, const ContentDigest& digest,
                       Findings& findings) {
  const std::vector<std::string> kept = TRY(kept_originals(blobs));
  const std::vector<std::string> wanted = TRY(wanted_originals(database));
  std::vector<std::string> missing;
  std::vector<std::string> orphans;
  std::ranges::set_difference(wanted, kept, std::back_inserter(missing));
  std::ranges::set_difference(kept, wanted, std::back_inserter(orphans));
  // Being handed in just now, or by somebody who was killed: it is removed when that is sure.
  const SqlRows later = TRY(database.run("doomed_later", {}, Durability::Relaxed));
  for (std::size_t row = 0; row < later.size(); ++row) std::erase(orphans, later.bytes(row, 0));
  for (const std::string& sha256 : missing) {
    findings.push_back("original " + sha256 + ": it is missing");
  }
  for (const std::string& sha256 : orphans) {
    findings.push_back("original " + sha256 + ": it belongs to no document");
  }
  if (!digest) return Done{};
  std::vector<std::string> whole;
  std::ranges::set_intersection(wanted, kept, std::back_inserter(whole));
  for (const std::string& sha256 : whole) (void)TRY(check_bytes(blobs, sha256, digest, findings));
  return Done{};
}

}  // namespace

Result<std::vector<std::string>> check_store(Database& database, Blobs& blobs,
                                             const ContentDigest& digest) {
  Findings findings;
  const auto look = [&]() -> Status {
    (void)TRY(check_file(database, findings));
    (void)TRY(check_rows(database, findings));
    (void)TRY(check_index(database, findings));
    (void)TRY(check_pages(database, findings));
    return check_originals(database, blobs, digest, findings);
  };
  const Status looked = look();
  // A damaged database is a finding, and the end of what can be looked at.
  if (!looked && looked.error().kind != ErrorKind::Corrupt) return looked.error();
  if (!looked) findings.push_back("the database: " + looked.error().what);
  findings.resize(std::min(findings.size(), findings_max));
  return findings;
}

}  // namespace civicum
