// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/check.h"

#include <algorithm>

namespace civicum {
namespace {

constexpr std::size_t rows_per_query = 1000;

Status check_database(Database& database, std::vector<std::string>& findings) {
  const SqlRows file = TRY(database.run("check_file", {}, Durability::Relaxed));
  for (std::size_t row = 0; row < file.size(); ++row) {
    if (file.bytes(row, 0) != "ok") findings.push_back("the database: " + file.bytes(row, 0));
  }
  const SqlRows rows = TRY(
      database.run("check_rows", {static_cast<std::int64_t>(findings_max)}, Durability::Relaxed));
  for (std::size_t row = 0; row < rows.size(); ++row) {
    findings.push_back(rows.bytes(row, 0) + " " + std::to_string(rows.integer(row, 1)) + ": " +
                       rows.bytes(row, 2));
  }
  return Done{};
}

/// The originals that documents are said to have, sorted.
Result<std::vector<std::string>> wanted_originals(Database& database) {
  std::vector<std::string> wanted;
  for (std::int64_t after = 0;;) {
    const SqlRows rows = TRY(database.run(
        "kept_documents", {after, static_cast<std::int64_t>(rows_per_query)}, Durability::Relaxed));
    if (rows.empty()) break;
    for (std::size_t row = 0; row < rows.size(); ++row) wanted.push_back(rows.bytes(row, 1));
    after = rows.integer(rows.size() - 1, 0);
  }
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  return wanted;
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

}  // namespace

Result<std::vector<std::string>> check_store(Database& database, Blobs& blobs) {
  std::vector<std::string> findings;
  (void)TRY(check_database(database, findings));
  const std::vector<std::string> kept = TRY(kept_originals(blobs));
  const std::vector<std::string> wanted = TRY(wanted_originals(database));
  std::vector<std::string> missing;
  std::vector<std::string> orphans;
  std::ranges::set_difference(wanted, kept, std::back_inserter(missing));
  std::ranges::set_difference(kept, wanted, std::back_inserter(orphans));
  for (const std::string& sha256 : missing) {
    findings.push_back("original " + sha256 + ": it is missing");
  }
  for (const std::string& sha256 : orphans) {
    findings.push_back("original " + sha256 + ": it belongs to no document");
  }
  findings.resize(std::min(findings.size(), findings_max));
  return findings;
}

}  // namespace civicum
