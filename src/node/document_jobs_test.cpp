// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/document_jobs.h"

#include <doctest/doctest.h>

#include <chrono>
#include <future>

#include "store/test_stores.h"

using namespace civicum;

namespace {

template <typename T>
T must(Result<T> result) {
  return SqliteTestStore::must(std::move(result));
}

const std::string digest(64, 'a');

struct Original {
  Original() : folder(must(TempDir::create())), file(must(open_spool(folder.path()))) {
    REQUIRE(write_all(file.get(), "text"));
  }
  Result<AddedDocument> add(Store& store, Blobs& blobs) const {
    return add_document(store, blobs, {file.get(), "a.pdf", digest, 4}, {});
  }
  TempDir folder;
  Fd file;
};

}  // namespace

TEST_CASE("what is handed in while its removal is under way is handed in anew") {
  SKIP_WITHOUT(PostgresTestStore);
  const PostgresTestStore place;
  const Original original;
  Store store = place.open();
  const auto blobs = must(store.open_blobs("", original.folder.path()));
  const AddedDocument first = must(original.add(store, *blobs));
  // What the server has of a removal that waits for another's lock, whose client was killed.
  PgConnection removal = must(PgConnection::connect(must(parse_pg_target(place.url()))));
  const auto do_now = [&removal](const std::string& sql) {
    REQUIRE(std::holds_alternative<Done>(removal.execute(sql)));
  };
  do_now("SET search_path TO civicum; BEGIN");
  do_now("INSERT INTO doomed_originals SELECT sha256, now_ms() FROM documents");
  Store other = place.open();
  const auto others = must(other.open_blobs("", original.folder.path()));
  auto again = std::async(std::launch::async, [&] { return original.add(other, *others); });
  REQUIRE(again.wait_for(std::chrono::milliseconds(200)) == std::future_status::timeout);
  do_now(
      "DELETE FROM jobs; DELETE FROM blobs; DELETE FROM blob_parts; DELETE FROM documents; COMMIT");
  const AddedDocument added = must(again.get());
  CHECK(added.id != first.id);
  CHECK(added.is_new);
  CHECK(must(store.documents().is_pending(added.id)));
  CHECK(blobs->open(digest));
  REQUIRE(store.remove_doomed_originals(*blobs));
  CHECK(blobs->open(digest));
}
