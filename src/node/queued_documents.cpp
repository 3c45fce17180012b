// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/queued_documents.h"

namespace civicum {

Result<QueuedDocuments::HandedIn> QueuedDocuments::hand_in(const NewOriginal& original,
                                                           const AddOptions& options,
                                                           const PageAllowance& allowance) {
  HandedIn handed_in;
  handed_in.id = TRY(add_document(store_, blobs_, original, options)).id;
  const View view = TRY(look(handed_in.id));
  const std::uint32_t page_count = view.row.opened ? view.row.opened->page_count : 0;
  const auto missing =
      TRY(store_.documents().missing_pages(handed_in.id, 0, page_count, allowance));
  handed_in.pages_kept = page_count - static_cast<std::uint32_t>(missing.size());
  const NewReading reading{handed_in.id, options.reading.lang, options.password, options.urgency};
  if (!missing.empty() && !view.is_pending) (void)TRY(read_again(store_, reading));
  (void)store_.announce();  // a worker that does not hear it looks for itself
  return handed_in;
}

Result<QueuedDocuments::View> QueuedDocuments::look(DocumentId document) {
  // In this order: what ends between the two has its row looked at afterwards.
  const bool is_pending = TRY(store_.documents().is_pending(document));
  return View{TRY(store_.documents().show(document)), is_pending};
}

}  // namespace civicum
