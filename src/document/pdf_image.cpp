// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/pdf_image.h"

#include "document/image_header.h"

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

void note_coding(XRef& xref, PdfImage& image) {
  constexpr std::size_t head_size = std::size_t{64} << 10;
  if (image.facts.encoding != ImageEncoding::Jpeg || image.ref == Ref::INVALID()) return;
  const Object object = xref.fetch(image.ref);
  Stream* coded = object.isStream() ? object.getStream()->getNextStream() : nullptr;
  if (coded == nullptr) return;
  std::string head;
  for_each_part(*coded, [&head](std::span<unsigned char> part) {
    head.append(reinterpret_cast<const char*>(part.data()), part.size());
    return head.size() < head_size;
  });
  const Result<ImageHeader> header = read_image_header(head);
  if (!header) return;
  image.facts.is_progressive = header->pages.front().is_interlaced;
  image.facts.samples_per_pixel = header->pages.front().samples_per_pixel;
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
