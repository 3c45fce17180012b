// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/export.h"

#include <algorithm>

#include "node/reading_options.h"
#include "node/record.h"
#include "os/fd.h"

namespace civicum {
namespace {

constexpr std::size_t piece_bytes = std::size_t{64} << 10;

Status write_record(Store& store, const DocumentRow& document, int spool) {
  const ReadingOptions options = TRY(parse_reading_options(document.options));
  RecordHead head{document.file, document.sha256,       options.lang,
                  options.dpi,   document.opened->type, document.opened->page_count};
  RecordWriter writer =
      TRY(RecordWriter::begin(store.documents(), document.id, std::move(head), spool));
  while (TRY(writer.step())) {
  }
  return Done{};
}

/// Line breaks stand between values only, where JSON does not need them.
Status copy_as_line(int file, const std::function<Status(std::string_view)>& write) {
  std::string piece(piece_bytes, '\0');
  for (std::uint64_t at = 0;;) {
    const std::size_t got = TRY(pread_all(file, piece, at));
    if (got == 0) return write("\n");
    std::string line = piece.substr(0, got);
    std::erase(line, '\n');
    (void)TRY(write(line));
    at += got;
  }
}

}  // namespace

Result<std::string> page_markdown(Documents documents, DocumentId document,
                                  std::uint32_t page_index) {
  const std::optional<StoredPage> page = TRY(documents.load_page(document, page_index));
  std::string text;
  if (!page) {
    text = "\n## Página " + std::to_string(page_index + 1) + "\n\n*(no leída todavía)*\n";
  } else {
    append_markdown(text, page_index + 1, *page);
  }
  return text;
}

Status export_record(Store& store, const DocumentRow& document, const std::string& spool_folder,
                     const std::function<Status(std::string_view)>& write) {
  if (!document.opened || document.state == "failed") {
    return write(failure_record(document.file, document.reason, document.detail));
  }
  const Fd spool = TRY(open_spool(spool_folder));
  const Status written = write_record(store, document, spool.get());
  if (!written && !store.documents().show(document.id)) {
    return Error{ErrorKind::NotFound, "document " + std::to_string(document.id) + " " +
                                          document.file + " was removed meanwhile"};
  }
  (void)TRY(written);
  return copy_as_line(spool.get(), write);
}

}  // namespace civicum
