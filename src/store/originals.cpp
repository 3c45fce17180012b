// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/originals.h"

#include <fmt/format.h>

#include "os/atomic_file.h"
#include "os/random.h"

namespace civicum {
namespace {

constexpr Bytes mark_bytes_max{64};

/// Empty where the folder has none.
Result<std::string> mark_in(const std::string& folder) {
  Result<std::string> mark = read_file(mark_path(folder), mark_bytes_max);
  if (!mark && mark.error().kind == ErrorKind::NotFound) return std::string();
  return mark;
}

Status write_mark(const std::string& folder, const std::string& mark) {
  (void)TRY(make_folders(folder));
  AtomicFile file = TRY(AtomicFile::create(mark_path(folder)));
  (void)TRY(file.write(mark));
  return file.commit();
}

Result<std::string> only_text(Database& database, std::string_view operation) {
  const SqlRows rows = TRY(database.run(operation, {}, Durability::Relaxed));
  return rows.empty() ? std::string() : rows.bytes(0, 0);
}

/// The digest of an original that the store has, or empty.
Result<std::string> any_original(Database& database) {
  const SqlRows rows =
      TRY(database.run("kept_documents", {std::int64_t{0}, std::int64_t{1}}, Durability::Relaxed));
  return rows.empty() ? std::string() : rows.bytes(0, 1);
}

}  // namespace

Result<std::unique_ptr<Blobs>> open_originals_folder(Database& database,
                                                     const std::string& folder) {
  const std::string original = TRY(any_original(database));
  const bool is_right = original.empty() || FolderBlobs(folder, Marked::No).open(original);
  const std::string found = TRY(mark_in(folder));
  std::string mark = TRY(only_text(database, "originals_mark"));
  if (mark.empty() && is_right) {
    const std::string wanted = found.empty() ? fmt::format("{:016x}\n", random_token()) : found;
    mark = TRY(database.run("set_originals_mark", {wanted}, Durability::Durable)).bytes(0, 0);
  }
  if (mark.empty()) {
    return Error{ErrorKind::NotFound, "the originals of the store " + database.name() +
                                          " are in its own place and not in " + folder +
                                          ": leave --blobs out (civicum store copy moves them)"};
  }
  if (found != mark && !(found.empty() && is_right)) {
    return Error{ErrorKind::NotFound, folder +
                                          " is not the folder with the originals of the store " +
                                          database.name() + ": is it mounted?"};
  }
  if (found.empty()) {
    const Status written = write_mark(folder, mark);
    // Whoever only reads does without.
    if (!written && written.error().kind == ErrorKind::Denied)
      return std::unique_ptr<Blobs>(std::make_unique<FolderBlobs>(folder, Marked::No));
    (void)TRY(written);
  }
  return std::unique_ptr<Blobs>(std::make_unique<FolderBlobs>(folder, Marked::Yes));
}

Status expect_own_originals(Database& database) {
  if (TRY(only_text(database, "originals_mark")).empty()) return Done{};
  if (TRY(any_original(database)).empty()) {
    (void)TRY(database.run("forget_originals_mark", {}, Durability::Durable));
    return Done{};
  }
  return Error{ErrorKind::NotFound, "the originals of the store " + database.name() +
                                        " are in a folder of their own: name it with --blobs "
                                        "dir:PATH or CIVICUM_BLOBS"};
}

Status remove_doomed_originals(Database& database, Blobs& blobs) {
  const SqlRows doomed = TRY(database.run("doomed_originals", {}, Durability::Relaxed));
  for (std::size_t row = 0; row < doomed.size(); ++row) {
    const std::string& sha256 = doomed.bytes(row, 0);
    if (doomed.integer(row, 1) == 0) (void)TRY(blobs.remove(sha256));
    (void)TRY(database.run("forget_doomed", {sha256}, Durability::Durable));
  }
  return Done{};
}

}  // namespace civicum
