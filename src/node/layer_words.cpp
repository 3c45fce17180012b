// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/layer_words.h"

#include <unistd.h>

#include <cstdint>

#include "protocol/layer_words.h"

namespace civicum {

Result<Fd> write_layer_words(Documents documents, const StoredDocument& document,
                             const std::string& folder) {
  Fd spool = TRY(open_spool(folder));
  for (std::uint32_t i = 0; i < document.opened->page_count; ++i) {
    const std::optional<StoredPage> page = TRY(documents.load_page(document.id, i));
    const auto* reading = page ? std::get_if<PageReading>(&page->outcome) : nullptr;
    if (reading == nullptr || reading->route == Route::Text) continue;
    (void)TRY(write_all(spool.get(), protocol::encode_layer_page(i, *reading)));
  }
  if (lseek(spool.get(), 0, SEEK_SET) != 0) return last_os_failure("cannot rewind a spool");
  return spool;
}

}  // namespace civicum
