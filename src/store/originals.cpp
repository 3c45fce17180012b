// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/originals.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "os/atomic_file.h"
#include "os/random.h"

namespace civicum {
namespace {

constexpr Bytes mark_bytes_max{256};
constexpr const char* own_place = "own";
constexpr std::int64_t rows_per_query = 1000;
// Handing in the largest original takes less, by far.
constexpr std::chrono::milliseconds handing_in_max = std::chrono::hours(1);

/// Whose originals a folder has; both empty where it has no mark.
struct Mark {
  std::string store;
  std::string place;
};

Result<Mark> mark_in(const std::string& folder) {
  const Result<std::string> text = read_file(mark_path(folder), mark_bytes_max);
  if (!text && text.error().kind == ErrorKind::NotFound) return Mark{};
  if (!text) return text.error();
  const std::string line = text->substr(0, text->find('\n'));
  const std::size_t space = line.find(' ');
  if (space == std::string::npos) return Mark{line, ""};
  return Mark{line.substr(0, space), line.substr(space + 1)};
}

Status write_mark(const std::string& folder, const Mark& mark) {
  if (mark.place == own_place) (void)mkdir(folder.c_str(), S_IRWXU);  // nobody else's to read
  (void)TRY(make_folders(folder));
  AtomicFile file = TRY(AtomicFile::create(mark_path(folder)));
  (void)TRY(file.write(mark.store + " " + mark.place + "\n"));
  return file.commit();
}

Result<std::string> only_text(Database& database, std::string_view operation) {
  const SqlRows rows = TRY(database.run(operation, {}, Durability::Relaxed));
  return rows.empty() ? std::string() : rows.bytes(0, 0);
}

/// The place that the store's originals have from now on. Nothing is written where it was decided.
Result<std::string> decide(Database& database, const std::string& decided,
                           const std::string& place) {
  if (!decided.empty()) return decided;
  return TRY(database.run("set_originals_place", {place}, Durability::Durable)).bytes(0, 0);
}

/// The digest of an original that the store has, or empty.
Result<std::string> any_original(Database& database) {
  const SqlRows rows =
      TRY(database.run("kept_documents", {std::int64_t{0}, std::int64_t{1}}, Durability::Relaxed));
  return rows.empty() ? std::string() : rows.bytes(0, 1);
}

Error are_elsewhere(const Database& database, const std::string& decided) {
  const std::string originals = "the originals of the store " + database.name() + " are in ";
  if (decided == own_place) {
    return {ErrorKind::BadInput,
            originals + "its own place: leave --blobs out (civicum store copy moves them)"};
  }
  return {ErrorKind::BadInput,
          originals + "a folder of their own: name it with --blobs dir:PATH or CIVICUM_BLOBS"};
}

Error is_not_there(const Database& database, const std::string& folder, OriginalsIn where) {
  if (where == OriginalsIn::OwnFolder) {
    return {ErrorKind::Unavailable, "the folder of the originals, " + folder +
                                        ", is not there or not the one that it was: bring it back, "
                                        "or go on without them by civicum store init"};
  }
  return {ErrorKind::Unavailable, folder + " is not the folder with the originals of the store " +
                                      database.name() + ": is it mounted?"};
}

/// The place of a folder without a mark, which may be the store's.
Result<std::string> place_of_unmarked(Database& database, const std::string& folder,
                                      const std::string& decided, OriginalsIn where) {
  const std::string original = TRY(any_original(database));
  const bool has_it = !original.empty() && FolderBlobs(folder, Marked::No).open(original);
  const bool may_be_new = where == OriginalsIn::OwnFolder || decided.empty();
  if (!has_it && (!original.empty() || !may_be_new)) return is_not_there(database, folder, where);
  if (!decided.empty()) return decided;
  return where == OriginalsIn::OwnFolder ? std::string(own_place)
                                         : fmt::format("{:016x}", random_token());
}

std::unique_ptr<Blobs> blobs_in(const std::string& folder, Marked marked) {
  return std::make_unique<FolderBlobs>(folder, marked);
}

Status remove_doomed(Database& database, Blobs& blobs, const std::string& sha256, bool is_wanted) {
  if (!is_wanted) (void)TRY(blobs.remove(sha256));
  (void)TRY(database.run("forget_doomed", {sha256}, Durability::Durable));
  return Done{};
}

}  // namespace

Result<std::unique_ptr<Blobs>> open_originals(Database& database, const std::string& folder,
                                              OriginalsIn where) {
  const Mark found = TRY(mark_in(folder));
  Mark mark{TRY(only_text(database, "store_id")), found.place};
  const std::string decided = TRY(only_text(database, "originals_place"));
  const bool is_own = where == OriginalsIn::OwnFolder;
  if (!decided.empty() && is_own != (decided == own_place)) return are_elsewhere(database, decided);
  if (!found.store.empty() && found.store != mark.store) {
    return Error{ErrorKind::BadInput, folder + " has the originals of another store than " +
                                          database.name() +
                                          ": each store needs a folder of its own"};
  }
  if (found.store.empty()) {
    mark.place = TRY(place_of_unmarked(database, folder, decided, where));
    const Status written = write_mark(folder, mark);
    // Whoever may only read does without.
    if (!written && written.error().kind == ErrorKind::Denied) return blobs_in(folder, Marked::No);
    (void)TRY(written);
  }
  const std::string place = TRY(decide(database, decided, mark.place));
  if (place == mark.place) return blobs_in(folder, Marked::Yes);
  if (found.store.empty()) (void)unlink(mark_path(folder).c_str());
  if (is_own || place == own_place) return are_elsewhere(database, place);
  return is_not_there(database, folder, where);
}

Status begin_own_folder(Database& database, const std::string& folder) {
  const std::string decided = TRY(only_text(database, "originals_place"));
  const Mark found = TRY(mark_in(folder));
  if (!found.store.empty() || decided != own_place) return Done{};
  return write_mark(folder, {TRY(only_text(database, "store_id")), own_place});
}

Status expect_originals_inside(Database& database) {
  const std::string decided = TRY(only_text(database, "originals_place"));
  const std::string place = TRY(decide(database, decided, own_place));
  if (place != own_place) return are_elsewhere(database, place);
  return Done{};
}

Result<std::vector<std::string>> wanted_originals(Database& database) {
  std::vector<std::string> wanted;
  for (std::int64_t after = 0;;) {
    const SqlRows rows =
        TRY(database.run("kept_documents", {after, rows_per_query}, Durability::Relaxed));
    if (rows.empty()) break;
    for (std::size_t row = 0; row < rows.size(); ++row) wanted.push_back(rows.bytes(row, 1));
    after = rows.integer(rows.size() - 1, 0);
  }
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  return wanted;
}

Status doom_unfinished_original(Database& database, const std::string& sha256) {
  (void)TRY(database.run("doom_original", {sha256, std::int64_t{handing_in_max.count()}},
                         Durability::Relaxed));
  return Done{};
}

Status remove_doomed_originals(Database& database, Blobs& blobs) {
  const SqlRows doomed = TRY(database.run("doomed_originals", {}, Durability::Relaxed));
  Status all = Done{};
  for (std::size_t row = 0; row < doomed.size(); ++row) {
    const bool is_wanted = doomed.integer(row, 1) > 0;
    const Status removed = remove_doomed(database, blobs, doomed.bytes(row, 0), is_wanted);
    if (!removed && all) all = removed;
  }
  return all;
}

}  // namespace civicum
