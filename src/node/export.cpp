// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/export.h"

#include <algorithm>

#include "node/reading_options.h"
#include "node/record.h"
#include "os/temp_dir.h"

namespace civicum {
namespace {

constexpr std::size_t piece_bytes = std::size_t{64} << 10;

Status write_record(Store& store, const DocumentRow& document, const RecordPaths& paths) {
  const ReadingOptions options = TRY(parse_reading_options(document.options));
  RecordHead head{document.file, document.sha256,       options.lang,
                  options.dpi,   document.opened->type, document.opened->page_count};
  RecordWriter writer =
      TRY(RecordWriter::begin(store.documents(), document.id, std::move(head), paths));
  while (TRY(writer.step())) {
  }
  return Done{};
}

/// Line breaks stand between values only, where JSON does not need them.
Status copy_as_line(const std::string& path, const std::function<Status(std::string_view)>& write) {
  const Fd file = TRY(open_file(path, O_RDONLY));
  std::string piece(piece_bytes, '\0');
  for (std::uint64_t at = 0;;) {
    const std::size_t got = TRY(pread_all(file.get(), piece, at));
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
  const TempDir folder = TRY(TempDir::create(spool_folder));
  const RecordPaths paths{folder.path() + "/record.json", folder.path() + "/record.md"};
  if (document.opened && document.state != "failed") {
    (void)TRY(write_record(store, document, paths));
  } else {
    (void)TRY(write_failure_record(paths, document.file, document.reason, document.detail));
  }
  return copy_as_line(paths.json, write);
}

}  // namespace civicum
