// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/pdf_image.h"

namespace civicum {

Result<std::string> fetch_image(XRef& xref, const PdfImage& image) {
  Object object = xref.fetch(image.ref);
  if (!object.isStream()) return Error{ErrorKind::BadInput, "the page's image is not a stream"};
  const StreamKind kind = image.facts.encoding == ImageEncoding::Jpeg ? strDCT : strCCITTFax;
  Stream* coded = object.getStream()->getNextStream();
  if (object.getStream()->getKind() != kind || coded == nullptr) {
    return Error{ErrorKind::BadInput, "the page's image is coded in another way than it said"};
  }
  return stored_bytes(*coded);
}

Result<std::string> stored_bytes(Stream& coded) {
  std::string stored;
  for_each_part(coded, [&stored](std::span<unsigned char> part) {
    stored.append(reinterpret_cast<const char*>(part.data()), part.size());
    return stored.size() <= stored_image_bytes_max;
  });
  if (stored.size() > stored_image_bytes_max) {
    return Error{ErrorKind::BadInput, "the page's image is over 64 MiB as stored"};
  }
  return stored;
}

}  // namespace civicum
