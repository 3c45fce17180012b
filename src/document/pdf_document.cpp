// SPDX-License-Identifier: GPL-3.0-or-later
// A PDF as a Document, over Poppler. Private headers of Poppler stay in the files named pdf_*; they
// build with 22.12 (Debian 12) and 25.03 (Debian 13).
//
// A page is interpreted once for its inventory and its text; again only where visible and invisible
// text are mixed. Poppler reads the descriptor with pread, so a huge file costs no memory.
#include "document/pdf_document.h"

#include <GlobalParams.h>
#include <PDFDoc.h>
#include <splash/SplashBitmap.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <new>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "document/coded_image.h"
#include "document/image_scale.h"
#include "document/inline_images.h"
#include "document/library_errors.h"
#include "document/page_raster.h"
#include "document/password_attempts.h"
#include "document/pdf_complaints.h"
#include "document/pdf_image.h"
#include "document/pdf_pages.h"
#include "document/pdf_raster.h"
#include "document/pdf_scan.h"
#include "document/pdf_text.h"
#include "document/pdf_trailer.h"
#include "document/text_quality.h"
#include "os/fd.h"
#include "os/mapped_file.h"

namespace civicum {
namespace {

/// Set when a font that a page needs could not be found: its text would be missing from the raster.
bool& is_font_missing() {
  static bool is_missing = false;
  return is_missing;
}

/// Set when a Q too many ended a page's contents early.
bool& is_state_missing() {
  static bool is_missing = false;
  return is_missing;
}

/// The document that was opened last.
int& document_fd() {
  static int fd = -1;
  return fd;
}

/// Some writers (Acrobat's annotations) flush deflated data and leave out the end: Poppler finds no
/// further block at `end`, where nothing is missing (RFC 1951 §3.2.4: an empty stored block).
bool ends_in_flush(Goffset end) {
  constexpr std::string_view flush("\0\0\xFF\xFF", 4);
  std::array<char, 4> bytes{};
  if (end < static_cast<Goffset>(bytes.size())) return false;
  const auto begin = static_cast<std::uint64_t>(end) - bytes.size();
  return pread_all(document_fd(), bytes, begin) &&
         std::string_view(bytes.data(), bytes.size()) == flush;
}

void note_poppler(ErrorCategory category, Goffset position, const char* message) {
  if (message == nullptr) return;
  const std::string_view text(message);
  const bool is_error = category == errSyntaxError || category == errIO ||
                        category == errInternal || category == errUnimplemented;
  const bool is_end = text == "Bad block header in flate stream" && ends_in_flush(position);
  is_error&& is_loss(text) && !is_end ? library_errors::note_error(text)
                                      : library_errors::note(text);
  if (text.starts_with("Couldn't find a font")) is_font_missing() = true;
  if (text.starts_with("Restoring state when no valid")) is_state_missing() = true;
}

/// Calls into Poppler, which may throw when memory ends, and fails where it complained about that.
template <typename Work>
Status watched(Work work) {
  try {
    work();
  } catch (const std::bad_alloc&) {
    return Error{ErrorKind::OutOfMemory, "Poppler could not allocate memory"};
  } catch (const std::exception& e) {
    return Error{ErrorKind::Corrupt, std::string("Poppler gave up: ") + e.what()};
  }
  return library_errors::verdict();
}

struct PageInventory {
  std::uint32_t page_index = 0;
  PageFacts facts;
  std::optional<PdfImage> image;
  std::uint32_t hidden_glyphs = 0;
  double paper_scale = 1;  ///< points here per point of the document; see shrink_paper()
  Result<PageText> text = PageText{};  ///< every glyph's, visible or not
};

/// What a document reads from must outlive it.
struct LoadedPdf {
  std::unique_ptr<GooFile> file;
  std::optional<MappedFile> rescued;  ///< instead, where the file has lost its trailer
  std::unique_ptr<PDFDoc> doc;
};

class PdfDocument final : public Document {
 public:
  PdfDocument(LoadedPdf pdf, PageList pages) : pdf_(std::move(pdf)), pages_(std::move(pages)) {}

  DocumentType type() const override { return DocumentType::Pdf; }
  const PageList& pages() const override { return pages_; }
  Result<PageFacts> inventory(std::uint32_t page_index) override;
  Result<PageText> text_layer(std::uint32_t page_index, Layer layer) override;
  Result<Raster> decode_image(std::uint32_t page_index, Dpi dpi) override;
  Result<Raster> render(std::uint32_t page_index, Dpi dpi, const std::optional<Box>& clip) override;

 private:
  Page* page_of(std::uint32_t page_index);
  Result<PageSize> size_of(std::uint32_t page_index);
  Status look_at(std::uint32_t page_index);
  Status gather(std::uint32_t page_index, PageSize size);
  Status interpret(std::uint32_t page_index, OutputDev& device);

  std::map<std::uint32_t, std::string> balanced_;  ///< pages' contents; outlive pdf_
  LoadedPdf pdf_;
  PageList pages_;
  std::set<std::uint32_t> lossy_;      ///< pages whose contents were not all there
  std::optional<PageInventory> seen_;  ///< of the page looked at last
};

/// The catalog's page: the document's own lookup believes /Count.
Page* PdfDocument::page_of(std::uint32_t page_index) {
  return pdf_.doc->getCatalog()->getPage(static_cast<int>(page_index) + 1);
}

Result<PageSize> PdfDocument::size_of(std::uint32_t page_index) {
  if (page_index >= pages_.count) {
    return Error{ErrorKind::NotFound, "no page " + std::to_string(page_index + 1)};
  }
  Page* page = nullptr;
  if (!pages_.lost.contains(page_index)) TRY(watched([&] { page = page_of(page_index); }));
  if (page == nullptr || !page->isOk()) {
    return Error{ErrorKind::Corrupt, "the page's object is missing or broken"};
  }
  const auto width = static_cast<float>(page->getCropWidth());
  const auto height = static_cast<float>(page->getCropHeight());
  if (!(width > 0 && height > 0 && std::isfinite(width) && std::isfinite(height))) {
    return Error{ErrorKind::Corrupt, "the page has no area"};
  }
  const bool is_sideways = page->getRotate() % 180 != 0;
  return is_sideways ? PageSize{height, width} : PageSize{width, height};
}

Status PdfDocument::interpret(std::uint32_t page_index, OutputDev& device) {
  return watched([&] {
    if (Page* page = page_of(page_index)) page->display(&device, 72, 72, 0, false, true, false);
  });
}

/// A scan laid out with a pixel to the point makes a page of metres. Its paper is taken for what
/// the pixels suggest, as an image file's is; the record gets the document's own points.
void shrink_paper(PageInventory& seen) {
  constexpr float paper_points_max = 17 * 72;  // the long side of A3
  const PageFacts& facts = seen.facts;
  const bool is_wide = std::max(facts.width, facts.height) > paper_points_max;
  const bool has_text = facts.visible_chars + facts.invisible_chars > 0;
  if (!seen.image || !is_wide || has_text) return;
  FullPageImage& image = seen.image->facts;
  ImagePageHeader header;
  header.width_px = image.width_px;
  header.height_px = image.height_px;
  const auto dpi = static_cast<double>(image.dpi.value);
  header.resolution = Resolution{dpi, dpi};
  const double believed = image_scale(header).believed.x;
  if (dpi >= believed) return;
  seen.paper_scale = dpi / believed;
  const auto factor = static_cast<float>(seen.paper_scale);
  Box& box = seen.image->placement.box;
  box = {box.x0 * factor, box.y0 * factor, box.x1 * factor, box.y1 * factor};
  image.dpi = {static_cast<std::uint32_t>(std::lround(believed))};
  seen.facts.width *= factor;
  seen.facts.height *= factor;
  seen.facts.record_scale = 1 / seen.paper_scale;
  seen.facts.image = image;
}

Status PdfDocument::look_at(std::uint32_t page_index) {
  if (seen_ && seen_->page_index == page_index) return Done{};
  const PageSize size = TRY(size_of(page_index));
  is_state_missing() = false;
  TRY(gather(page_index, size));
  if (!is_state_missing() || balanced_.contains(page_index)) return Done{};
  std::string& bytes = balanced_[page_index];
  TRY(watched([&] { bytes = balance_states(*page_of(page_index)); }));
  library_errors::begin_page();
  return gather(page_index, size);
}

Status PdfDocument::gather(std::uint32_t page_index, PageSize size) {
  seen_.reset();
  TRY(watched([&] {
    Page& page = *page_of(page_index);
    if (drop_missing_contents(page) || lacks_contents(page)) lossy_.insert(page_index);
  }));
  PdfScan scan(size, GlyphChoice::All, 0);
  TRY(interpret(page_index, scan));
  if (lossy_.contains(page_index)) {
    library_errors::note_error("a content stream of the page is missing");
  }
  TRY(watched([&] {
    if (scan.has_inline_images()) check_inline_images(contents_of(*page_of(page_index)));
  }));
  PageInventory seen;
  seen.page_index = page_index;
  seen.facts = scan.facts();
  seen.image = scan.image();
  TRY(watched([&] {
    if (seen.image) note_coding(*pdf_.doc->getXRef(), *seen.image);
  }));
  if (seen.image) seen.facts.image = seen.image->facts;
  seen.hidden_glyphs = scan.hidden_glyphs();
  if (seen.facts.complaint.empty()) seen.facts.complaint = library_errors::first_error();
  TRY(watched([&] { seen.text = page_text_of(scan.getFlows()); }));
  if (seen.text) {
    const TextQuality quality = assess_text(*seen.text);
    seen.facts.letter_count = quality.letter_count;
    seen.facts.vowel_share = quality.vowel_share;
    seen.facts.stop_word_rate = quality.stop_word_rate;
  }
  shrink_paper(seen);
  seen_ = std::move(seen);
  return Done{};
}

Result<PageFacts> PdfDocument::inventory(std::uint32_t page_index) {
  library_errors::begin_page();
  TRY(look_at(page_index));
  return seen_->facts;
}

Result<PageText> PdfDocument::text_layer(std::uint32_t page_index, Layer layer) {
  library_errors::begin_page();
  TRY(look_at(page_index));
  if (layer == Layer::All || seen_->facts.invisible_chars == 0) return seen_->text;
  if (seen_->facts.visible_chars == 0) return PageText{};
  PdfScan scan({seen_->facts.width, seen_->facts.height}, GlyphChoice::Visible,
               seen_->hidden_glyphs);
  TRY(interpret(page_index, scan));
  Result<PageText> text = PageText{};
  TRY(watched([&] { text = page_text_of(scan.getFlows()); }));
  return text;
}

Result<Raster> PdfDocument::decode_image(std::uint32_t page_index, Dpi dpi) {
  library_errors::begin_page();
  TRY(look_at(page_index));
  if (!seen_->image || !seen_->image->facts.is_decodable) {
    return Error{ErrorKind::BadInput, "the page is not one image that can be decoded as it is"};
  }
  const PdfImage& image = *seen_->image;
  Result<std::string> stored = std::string();
  TRY(watched([&] { stored = fetch_image(*pdf_.doc->getXRef(), image); }));
  if (!stored) return stored.error();
  const RasterPlan plan = plan_raster(image.facts, dpi);
  const PixelSize size = {image.facts.width_px, image.facts.height_px};
  const bool is_fax = image.facts.encoding == ImageEncoding::Ccitt;
  PixPtr pix =
      is_fax ? TRY(decode_group4(*stored, size)) : TRY(decode_jpeg(*stored, size, plan.reduction));
  stored = std::string();
  Raster raster = TRY(place_on_page(std::move(pix), image.placement,
                                    {seen_->facts.width, seen_->facts.height}, plan));
  raster.complaint = library_errors::first_error();
  return raster;
}

/// Splash's grey rows as a Pix without a copy: both pad rows to 4 bytes; Pix keeps words in the
/// machine's byte order.
PixPtr take_pix(SplashBitmap& bitmap) {
  PixPtr pix(pixCreateHeader(bitmap.getWidth(), bitmap.getHeight(), 8));
  if (!pix || bitmap.getRowSize() != 4 * pixGetWpl(pix.get())) return nullptr;
  pixSetData(pix.get(), reinterpret_cast<l_uint32*>(bitmap.takeData()));
  pixEndianByteSwap(pix.get());
  return pix;
}

struct PixelArea {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
};

PixelArea pixels_of(const PageSize& size, double scale, const std::optional<Box>& clip) {
  const Box page = {0, 0, size.width, size.height};
  const Box part = clip ? intersect(*clip, page) : page;
  // A page scaled past the range of int is refused by Splash with a message.
  const auto pixel = [scale](float points, double (*round)(double)) {
    return static_cast<int>(std::clamp(round(static_cast<double>(points) * scale), 0.0, 1e9));
  };
  PixelArea area;
  area.x = pixel(part.x0, std::floor);
  area.y = pixel(part.y0, std::floor);
  area.width = pixel(part.x1, std::ceil) - area.x;
  area.height = pixel(part.y1, std::ceil) - area.y;
  return area;
}

Result<Raster> PdfDocument::render(std::uint32_t page_index, Dpi dpi,
                                   const std::optional<Box>& clip) {
  library_errors::begin_page();
  is_font_missing() = false;
  const PageSize size = TRY(size_of(page_index));
  const bool is_seen = seen_ && seen_->page_index == page_index;
  const double scaled_dpi = dpi.value * (is_seen ? seen_->paper_scale : 1);
  const PixelArea area = pixels_of(size, scaled_dpi / 72, clip);
  if (area.width <= 0 || area.height <= 0) {
    return Error{ErrorKind::BadInput, "nothing to render: the area is empty"};
  }
  PixPtr pix;
  TRY(watched([&] {
    SplashColor white = {255, 0, 0, 0};
    CheckedSplash device(white);
    device.setFontAntialias(true);
    device.setVectorAntialias(true);
    device.startDoc(pdf_.doc.get());
    page_of(page_index)
        ->displaySlice(&device, scaled_dpi, scaled_dpi, 0, false, true, area.x, area.y, area.width,
                       area.height, false);
    SplashBitmap* bitmap = device.getBitmap();
    // Where Splash cannot allocate it goes on with a picture of one pixel and reports nothing.
    const bool is_whole = bitmap != nullptr && bitmap->getDataPtr() != nullptr &&
                          bitmap->getWidth() == area.width && bitmap->getHeight() == area.height;
    if (is_whole) pix = take_pix(*bitmap);
  }));
  if (!pix) return Error{ErrorKind::OutOfMemory, "the page's raster could not be allocated"};
  if (is_font_missing()) {
    return Error{ErrorKind::BadInput, "a font of the page is neither embedded nor installed"};
  }
  pixSetResolution(pix.get(), static_cast<int>(dpi.value), static_cast<int>(dpi.value));
  return Raster{std::move(pix), dpi, library_errors::first_error()};
}

/// Owner and user password alike, so either opens.
LoadedPdf load(int fd, const std::string& password) {
  LoadedPdf pdf;
  const int own_fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);  // GooFile closes what it is given
  if (own_fd >= 0) pdf.file = GooFile::open(own_fd);
  if (!pdf.file) return pdf;
  auto* stream = new FileStream(pdf.file.get(), 0, false, pdf.file->size(), Object(objNull));
  std::optional<GooString> owner;
  std::optional<GooString> user;
  if (!password.empty()) {
    owner.emplace(password);
    user.emplace(password);
  }
  pdf.doc = std::make_unique<PDFDoc>(stream, owner, user);
  return pdf;
}

/// A file that was cut off, with a trailer of our own behind it; without a document where it has no
/// catalog either.
LoadedPdf load_rescued(int fd) {
  LoadedPdf pdf;
  std::string trailer;
  if (const auto plain = MappedFile::map(fd)) trailer = trailer_for(plain->bytes());
  Result<MappedFile> rescued = MappedFile::map(fd, trailer);
  if (trailer.empty() || !rescued) return pdf;
  pdf.rescued = *std::move(rescued);
  const std::string_view bytes = pdf.rescued->bytes();
  auto* stream = new MemStream(const_cast<char*>(bytes.data()), 0,
                               static_cast<Goffset>(bytes.size()), Object(objNull));
  pdf.doc = std::make_unique<PDFDoc>(stream);
  return pdf;
}

/// A PDF ends in "%%EOF"; one that does not was cut off on its way here.
bool is_cut_off(int fd) {
  constexpr std::size_t tail_size = 1024;
  const Result<MappedFile> file = MappedFile::map(fd);
  if (!file) return false;
  const std::string_view bytes = file->bytes();
  const std::string_view tail = bytes.substr(bytes.size() - std::min(bytes.size(), tail_size));
  return tail.find("%%EOF") == tail.npos;
}

OpenFailure failure_of(const PDFDoc& doc, const std::string& password) {
  switch (doc.getErrorCode()) {
    case errEncrypted:
      return {OpenError::Encrypted, password.empty() ? "the document needs a password"
                                                     : "the password does not open the document"};
    case errBadCatalog:
      return {OpenError::Damaged, "the document has no readable catalog of pages"};
    default:
      return {OpenError::Damaged, "the document's structure is broken beyond repair"};
  }
}

}  // namespace

void prepare_poppler() {
  setErrorCallback(note_poppler);
  if (!globalParams) globalParams = std::make_unique<GlobalParams>();
}

OpenedDocument open_pdf(int fd, const std::string& password) {
  LoadedPdf pdf;
  PageList pages;
  document_fd() = fd;
  const Status loaded = watched([&] {
    for (const std::string& attempt : password_attempts(password)) {
      pdf = load(fd, attempt);
      const bool is_refused =
          pdf.doc && !pdf.doc->isOk() && pdf.doc->getErrorCode() == errEncrypted;
      if (!is_refused) break;
    }
    const bool is_broken = pdf.doc && !pdf.doc->isOk() && pdf.doc->getErrorCode() != errEncrypted;
    LoadedPdf rescued = is_broken ? load_rescued(fd) : LoadedPdf{};
    if (rescued.doc && rescued.doc->isOk()) pdf = std::move(rescued);
    if (pdf.doc && pdf.doc->isOk()) pages = list_pages(*pdf.doc);
  });
  if (!pdf.doc)
    return OpenFailure{OpenError::Damaged, loaded ? "cannot be read" : loaded.error().what};
  if (!pdf.doc->isOk()) return failure_of(*pdf.doc, password);
  if (pages.count == 0 && is_cut_off(fd)) {
    return OpenFailure{OpenError::Damaged, "the file is cut off and no page of it is left"};
  }
  if (pages.count == 0) return OpenFailure{OpenError::NoPages, "the document lists no pages"};
  if (pages.count > document_pages_max) {
    return OpenFailure{OpenError::Unsupported,
                       "more pages than the limit of " + std::to_string(document_pages_max)};
  }
  return std::make_unique<PdfDocument>(std::move(pdf), std::move(pages));
}

}  // namespace civicum
