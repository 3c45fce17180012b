// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/coded_image.h"

#include <utility>

#include "document/coded_check.h"
#include "document/image_header.h"
#include "document/library_errors.h"
#include "document/tiff_bands.h"
#include "document/tiff_wrap.h"

namespace civicum {
namespace {

Error undecodable(const char* what) { return Error{ErrorKind::BadInput, what}; }
Error damaged(const char* what) { return Error{ErrorKind::Corrupt, what}; }

const l_uint8* data_of(std::string_view bytes) {
  return reinterpret_cast<const l_uint8*>(bytes.data());
}

/// 8-bit grey of whatever Leptonica read, over white where it is transparent; 1-bit stays.
Result<PixPtr> as_grey(PixPtr pix) {
  if (pixGetDepth(pix.get()) == 32 && pixGetSpp(pix.get()) == 4) {
    pix.reset(pixAlphaBlendUniform(pix.get(), 0xffffff00));
  }
  const bool is_plain = pix && pixGetColormap(pix.get()) == nullptr;
  if (is_plain && (pixGetDepth(pix.get()) == 1 || pixGetDepth(pix.get()) == 8)) return pix;
  if (pix) pix.reset(pixConvertTo8(pix.get(), 0));
  TRY(library_errors::verdict());
  if (!pix) return undecodable("the image cannot be made grey");
  return pix;
}

}  // namespace

Result<PixPtr> decode_jpeg(std::string_view bytes, PixelSize size, std::uint32_t reduction) {
  const Result<ImageHeader> header = read_image_header(bytes);
  if (!header || header->type != ImageType::Jpeg) return undecodable("not a JPEG");
  const ImagePageHeader& page = header->pages.front();
  if (page.width_px != size.width || page.height_px != size.height) {
    return undecodable("the JPEG's size is not what the document says");
  }
  // libjpeg cannot turn CMYK into luminance; Leptonica can, from the whole picture.
  const int luminance = page.channels == 4 ? 0 : L_JPEG_READ_LUMINANCE;
  PixPtr pix(pixReadMemJpeg(data_of(bytes), bytes.size(), 0, static_cast<int>(reduction), nullptr,
                            luminance | L_JPEG_CONTINUE_WITH_BAD_DATA));
  TRY(library_errors::verdict());
  if (!pix) return damaged("the JPEG cannot be decoded");
  if (!is_jpeg_whole(bytes)) library_errors::note_error("a JPEG's data are broken or end early");
  return as_grey(std::move(pix));
}

Result<PixPtr> decode_group4(std::string_view bytes, PixelSize size) {
  const std::string tiff = wrap_group4(bytes, size.width, size.height);
  PixPtr pix(pixReadMemTiff(data_of(tiff), tiff.size(), 0));
  TRY(library_errors::verdict());
  if (!pix || pixGetDepth(pix.get()) != 1) return damaged("the fax image cannot be decoded");
  return pix;
}

Result<PixPtr> decode_tiff_page(std::string_view file, const ImagePageHeader& page) {
  std::size_t offset = page.ifd_offset;
  PixPtr pix(pixReadMemFromMultipageTiff(data_of(file), file.size(), &offset));
  TRY(library_errors::verdict());
  const std::string complaint = library_errors::first_error();
  if (!pix || !complaint.empty()) {
    // Leptonica does not read every kind, and complains of the directory behind the page's own too.
    library_errors::begin_page();
    Result<PixPtr> bands = decode_tiff_bands(file, page, TiffColours::Grey);
    if (bands) {
      pix = *std::move(bands);
    } else if (!pix) {
      return bands.error();
    } else {
      library_errors::note_error(complaint);
    }
  }
  check_tiff_checksums(file, page);
  return as_grey(std::move(pix));
}

}  // namespace civicum
