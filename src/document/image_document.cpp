// SPDX-License-Identifier: GPL-3.0-or-later
// An image file as a Document: every page is its own full-page image. The file is mapped, headers
// are read at once, a page is decoded when it is asked for, no larger than it is needed.
#include "document/image_document.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "document/coded_image.h"
#include "document/image_header.h"
#include "document/image_scale.h"
#include "document/library_errors.h"
#include "document/page_raster.h"
#include "document/png_rows.h"
#include "os/mapped_file.h"

namespace civicum {
namespace {

class ImageDocument final : public Document {
 public:
  ImageDocument(MappedFile file, ImageHeader header)
      : file_(std::move(file)), header_(std::move(header)) {
    pages_.count = static_cast<std::uint32_t>(header_.pages.size());
    if (!header_.break_off.empty()) pages_.lost.insert(pages_.count++);
  }

  DocumentType type() const override { return DocumentType::Image; }
  const PageList& pages() const override { return pages_; }
  Result<PageFacts> inventory(std::uint32_t page_index) override;
  Result<PageText> text_layer(std::uint32_t, Layer) override { return PageText{}; }
  Result<Raster> decode_image(std::uint32_t page_index, Dpi dpi) override;
  Result<Raster> render(std::uint32_t page_index, Dpi dpi, const std::optional<Box>& clip) override;

 private:
  Result<PixPtr> decode(const ImagePageHeader& page, const RasterPlan& plan) const;

  MappedFile file_;
  ImageHeader header_;
  PageList pages_;  ///< a last one that is lost stands for all that cannot be found
};

ImageEncoding encoding_of(ImageType type) {
  switch (type) {
    case ImageType::Jpeg:
      return ImageEncoding::Jpeg;
    case ImageType::Png:
      return ImageEncoding::Png;
    case ImageType::Tiff:
      break;
  }
  return ImageEncoding::Tiff;
}

FullPageImage image_of(ImageType type, const ImagePageHeader& page, double dpi) {
  FullPageImage image;
  image.width_px = page.width_px;
  image.height_px = page.height_px;
  image.bits_per_pixel = page.bits_per_channel * page.channels;
  // PNG is always made 8-bit while it is read.
  if (type == ImageType::Png && image.bits_per_pixel < 8) image.bits_per_pixel = 8;
  image.encoding = encoding_of(type);
  image.dpi = {static_cast<std::uint32_t>(std::max(1L, std::lround(dpi)))};
  image.is_decodable = true;
  image.is_progressive = page.is_interlaced;
  image.samples_per_pixel = page.samples_per_pixel;
  return image;
}

Result<PageFacts> ImageDocument::inventory(std::uint32_t page_index) {
  if (page_index >= pages_.count) {
    return Error{ErrorKind::NotFound, "no page " + std::to_string(page_index + 1)};
  }
  if (pages_.lost.contains(page_index)) {
    return Error{ErrorKind::Corrupt, header_.break_off + ": this page and any behind it are lost"};
  }
  const ImagePageHeader& page = header_.pages[page_index];
  if (!has_area(page)) return Error{ErrorKind::Corrupt, "the TIFF page has no size"};
  const ImageScale scale = image_scale(page);
  PageFacts facts;
  facts.width = static_cast<float>(page.width_px * 72 / scale.believed.x);
  facts.height = static_cast<float>(page.height_px * 72 / scale.believed.y);
  if (oriented(page.orientation).turned % 180 != 0) std::swap(facts.width, facts.height);
  facts.record_scale = scale.believed.x / scale.record.x;
  facts.image_cover = 1;
  facts.image = image_of(header_.type, page, scale.believed.x);
  return facts;
}

Result<PixPtr> ImageDocument::decode(const ImagePageHeader& page, const RasterPlan& plan) const {
  switch (header_.type) {
    case ImageType::Jpeg:
      return decode_jpeg(file_.bytes(), {page.width_px, page.height_px}, plan.reduction);
    case ImageType::Png:
      return decode_png(file_.bytes(), plan.reduction);
    case ImageType::Tiff:
      break;
  }
  return decode_tiff_page(file_.bytes(), page);
}

Result<Raster> ImageDocument::decode_image(std::uint32_t page_index, Dpi dpi) {
  library_errors::begin_page();
  const PageFacts facts = TRY(inventory(page_index));
  const ImagePageHeader& page = header_.pages[page_index];
  const RasterPlan plan = plan_raster(*facts.image, dpi);
  Result<PixPtr> pix = decode(page, plan);
  // There is no other way to read an image file: a JPEG or PNG that cannot be decoded is damaged.
  const bool is_kind_known = header_.type != ImageType::Tiff;
  if (!pix && is_kind_known && pix.error().kind == ErrorKind::BadInput) {
    return Error{ErrorKind::Corrupt, pix.error().what};
  }
  if (!pix) return pix.error();
  ImagePlacement placement;  // libtiff has turned the page already
  if (header_.type != ImageType::Tiff) placement = oriented(page.orientation);
  placement.box = {0, 0, facts.width, facts.height};
  Raster raster = TRY(place_on_page(std::move(*pix), placement, {facts.width, facts.height}, plan));
  raster.complaint = library_errors::first_error();
  return raster;
}

Result<Raster> ImageDocument::render(std::uint32_t page_index, Dpi dpi,
                                     const std::optional<Box>& clip) {
  Raster raster = TRY(decode_image(page_index, dpi));
  if (pixGetDepth(raster.pix.get()) == 1) {
    raster.pix.reset(pixConvert1To8(nullptr, raster.pix.get(), 255, 0));
  }
  if (clip && raster.pix) {
    const float scale = static_cast<float>(raster.dpi.value) / 72;
    const auto pixel = [scale](float points) {
      return static_cast<int>(std::lround(points * scale));
    };
    ::Box* area = boxCreate(pixel(clip->x0), pixel(clip->y0), pixel(clip->x1 - clip->x0),
                            pixel(clip->y1 - clip->y0));
    raster.pix.reset(pixClipRectangle(raster.pix.get(), area, nullptr));
    boxDestroy(&area);
  }
  TRY(library_errors::verdict());
  if (!raster.pix) return Error{ErrorKind::BadInput, "nothing to render: the area is empty"};
  return raster;
}

}  // namespace

OpenedDocument open_image(int fd) {
  Result<MappedFile> file = MappedFile::map(fd);
  if (!file) return OpenFailure{OpenError::Damaged, "the file cannot be mapped"};
  Result<ImageHeader> header = read_image_header(file->bytes());
  if (!header) {
    const ErrorKind kind = header.error().kind;
    const bool is_foreign = kind == ErrorKind::Unavailable || kind == ErrorKind::TooLarge;
    return OpenFailure{is_foreign ? OpenError::Unsupported : OpenError::Damaged,
                       header.error().what};
  }
  return std::make_unique<ImageDocument>(std::move(*file), std::move(*header));
}

}  // namespace civicum
