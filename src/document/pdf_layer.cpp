// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/pdf_layer.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <new>
#include <set>
#include <string_view>
#include <vector>

#include "document/image_header.h"
#include "document/image_pages.h"
#include "document/layer_font.h"
#include "document/layer_text.h"
#include "document/password_attempts.h"
#include "document/pdf_trailer.h"
#include "document/qpdf_api.h"
#include "os/fd.h"
#include "os/mapped_file.h"

namespace civicum {
namespace {

using Object = QPDFObjectHandle;
using ProgressSink = std::function<void(std::uint32_t)>;

/// Half of the work is laying words under pages, half is writing.
constexpr std::uint32_t permille_laid = 500;

/// qpdf's output as large writes. qpdf can only be stopped by an exception: the first failure is
/// kept, what comes after it is dropped.
class FdPipeline final : public Pipeline {
 public:
  explicit FdPipeline(int fd) : Pipeline("output", nullptr), fd_(fd) {
    buffer_.reserve(buffer_size);
  }
  void write(unsigned char const* data, std::size_t size) override {
    if (!status_) return;
    buffer_.append(reinterpret_cast<const char*>(data), size);
    if (buffer_.size() >= buffer_size) flush();
  }
  void finish() override { flush(); }
  Status status() const { return status_; }

 private:
  static constexpr std::size_t buffer_size = std::size_t{256} << 10;

  void flush() {
    if (status_) status_ = write_all(fd_, buffer_);
    buffer_.clear();
  }

  int fd_;
  std::string buffer_;
  Status status_ = Done{};
};

class Reporter final : public QPDFWriter::ProgressReporter {
 public:
  explicit Reporter(const ProgressSink& sink) : sink_(sink) {}
  void reportProgress(int percent) override {
    const auto share = static_cast<std::uint32_t>(std::clamp(percent, 0, 100));
    sink_(permille_laid + share * (1000 - permille_laid) / 100);
  }

 private:
  const ProgressSink& sink_;
};

/// A rectangle's corners in order; empty where it is none.
std::optional<Object::Rectangle> rectangle_of(Object box) {
  if (!box.isRectangle()) return std::nullopt;
  const Object::Rectangle r = box.getArrayAsRectangle();
  return r.urx - r.llx > 0 && r.ury - r.lly > 0 ? std::optional(r) : std::nullopt;
}

/// What viewers show: the crop box as far as it lies in the media box, turned by /Rotate.
PageFrame frame_of(QPDFPageObjectHelper& page) {
  const Object::Rectangle letter(0, 0, 612, 792);
  const Object::Rectangle media =
      rectangle_of(page.getAttribute("/MediaBox", false)).value_or(letter);
  const Object::Rectangle crop = rectangle_of(page.getAttribute("/CropBox", false)).value_or(media);
  PageFrame frame{std::max(media.llx, crop.llx), std::max(media.lly, crop.lly)};
  frame.width = std::min(media.urx, crop.urx) - frame.x;
  frame.height = std::min(media.ury, crop.ury) - frame.y;
  if (frame.width <= 0 || frame.height <= 0) {
    frame = {media.llx, media.lly, media.urx - media.llx, media.ury - media.lly};
  }
  Object rotate = page.getAttribute("/Rotate", false);
  const int degrees = rotate.isInteger() ? rotate.getIntValueAsInt() % 360 : 0;
  frame.turn = static_cast<std::uint16_t>((degrees + 360) % 360 / 90 * 90);
  return frame;
}

/// A name that no font of the page has.
std::string free_font_name(QPDFPageObjectHelper& page) {
  Object resources = page.getAttribute("/Resources", false);
  Object fonts = resources.isDictionary() ? resources.getKey("/Font") : Object::newNull();
  std::string name = "/CivicumLayer";
  for (int i = 2; fonts.isDictionary() && fonts.hasKey(name); ++i) {
    name = "/CivicumLayer" + std::to_string(i);
  }
  return name;
}

/// Resources may be inherited, or shared with other pages: what changes is copied first.
void add_font(QPDFPageObjectHelper& page, const std::string& name, const Object& font) {
  Object resources = page.getAttribute("/Resources", true);
  if (!resources.isDictionary()) {
    resources = Object::newDictionary();
    page.getObjectHandle().replaceKey("/Resources", resources);
  }
  Object fonts = resources.getKey("/Font");
  fonts = fonts.isDictionary() ? fonts.shallowCopy() : Object::newDictionary();
  fonts.replaceKey(name, font);
  resources.replaceKey("/Font", fonts);
}

/// Before the page's own streams, so that no state they leave behind can touch the words.
void prepend_content(QPDFPageObjectHelper& page, const Object& layer) {
  Object page_object = page.getObjectHandle();
  Object contents = page_object.getKey("/Contents");
  std::vector<Object> streams{layer};
  if (contents.isStream()) streams.push_back(contents);
  if (contents.isArray()) {
    const std::vector<Object> own = contents.getArrayAsVector();
    streams.insert(streams.end(), own.begin(), own.end());
  }
  page_object.replaceKey("/Contents", Object::newArray(streams));
}

/// The kids of a branch that are dictionaries; the others are taken out.
std::vector<Object> keep_whole_kids(Object branch) {
  Object kids = branch.getKey("/Kids");
  if (!kids.isArray()) return {};
  std::vector<Object> whole = kids.getArrayAsVector();
  std::erase_if(whole, [](Object& kid) { return !kid.isDictionary(); });
  branch.replaceKey("/Kids", Object::newArray(whole));
  return whole;
}

/// Takes what is no dictionary out of the tree: qpdf 12 gives up where it meets such a thing.
void drop_missing_kids(QPDF& pdf) {
  std::vector<Object> open{pdf.getRoot().getKey("/Pages")};
  std::set<QPDFObjGen> seen;
  while (!open.empty()) {
    Object branch = open.back();
    open.pop_back();
    const bool is_new = !branch.isIndirect() || seen.insert(branch.getObjGen()).second;
    if (!is_new || !branch.isDictionary()) continue;
    const std::vector<Object> kids = keep_whole_kids(branch);
    open.insert(open.end(), kids.begin(), kids.end());
  }
}

/// Of those that qpdf finds, which may count what stands in a lost page's place.
std::vector<QPDFPageObjectHelper> whole_pages(std::vector<QPDFPageObjectHelper> found,
                                              const PageList& list) {
  if (found.size() != list.count) return found;
  std::vector<QPDFPageObjectHelper> whole;
  for (std::uint32_t i = 0; i < list.count; ++i) {
    if (!list.lost.contains(i)) whole.push_back(found[i]);
  }
  return whole;
}

/// The page with what it inherits, and without what some viewers refuse it for.
Object lone_page(QPDFPageObjectHelper& page) {
  Object object = page.getObjectHandle();
  for (const char* key : {"/Resources", "/MediaBox", "/CropBox", "/Rotate"}) {
    Object value = page.getAttribute(key, false);
    if (!value.isNull()) object.replaceKey(key, value);
  }
  if (!object.getKey("/Annots").isArray()) object.removeKey("/Annots");
  return object;
}

/// The pages as they were read. Where the tree says otherwise it is made anew, with a blank page
/// for each that is lost.
Result<std::vector<QPDFPageObjectHelper>> settle_pages(QPDF& pdf, const PageList& list) {
  constexpr std::size_t lost_pages_max = 1000;
  QPDFPageDocumentHelper document(pdf);
  std::vector<QPDFPageObjectHelper> found = document.getAllPages();
  Object root = pdf.getRoot().getKey("/Pages");
  Object count = root.getKey("/Count");
  const bool is_counted = count.isInteger() && count.getIntValue() == list.count;
  const bool has_annotations = std::ranges::all_of(found, [](QPDFPageObjectHelper& page) {
    Object object = page.getObjectHandle();
    if (!object.isDictionary()) return false;
    Object annotations = object.getKey("/Annots");
    return annotations.isNull() || annotations.isArray();
  });
  if (list.lost.empty() && is_counted && has_annotations && found.size() == list.count)
    return found;
  std::vector<QPDFPageObjectHelper> whole = whole_pages(std::move(found), list);
  if (whole.size() + list.lost.size() != list.count || list.lost.size() > lost_pages_max) {
    return Error{ErrorKind::Corrupt, "the PDF's tree of pages is too damaged to be written again"};
  }
  std::vector<Object> kids;
  auto next = whole.begin();
  for (std::uint32_t i = 0; i < list.count; ++i) {
    Object kid = list.lost.contains(i) ? blank_page(pdf) : lone_page(*next++);
    kid.replaceKey("/Parent", root);
    kids.push_back(kid);
  }
  root.replaceKey("/Kids", Object::newArray(kids));
  root.replaceKey("/Count", Object::newInteger(static_cast<long long>(list.count)));
  pdf.updateAllPagesCache();
  return document.getAllPages();
}

class LayerBuilder {
 public:
  LayerBuilder(QPDF& pdf, std::vector<QPDFPageObjectHelper> pages)
      : pdf_(pdf),
        pages_(std::move(pages)),
        font_(pdf.makeIndirectObject(Object::newDictionary())) {}

  Status add(const LayerPage& layer) {
    if (layer.page_index >= pages_.size()) {
      return Error{ErrorKind::Corrupt, "the PDF has fewer pages than were read"};
    }
    if (layer.route == Route::Text) return Done{};
    QPDFPageObjectHelper& page = pages_[layer.page_index];
    LayerSheet sheet{layer.width, layer.height, frame_of(page)};
    sheet.frame.turn = static_cast<std::uint16_t>((sheet.frame.turn + layer.turned) % 360);
    sheet.words = layer.route == Route::Mixed ? LayerWords::Recognized : LayerWords::All;
    const std::string font_name = free_font_name(page);
    const std::string text = layer_text(layer.content, sheet, font_name, alphabet_);
    if (text.empty()) return Done{};
    add_font(page, font_name, font_);
    prepend_content(page, new_flate_stream(pdf_, text));
    return Done{};
  }

  void finish() { fill_layer_font(pdf_, font_, alphabet_); }
  std::size_t page_count() const { return pages_.size(); }

 private:
  QPDF& pdf_;
  std::vector<QPDFPageObjectHelper> pages_;
  Object font_;
  LayerAlphabet alphabet_;
};

struct LayerJob {
  std::string_view document;
  const LayerSource& source;
  int output_fd;
  const LayerPages& pages;
  const ProgressSink& on_progress;
  std::optional<MappedFile>& rescued;  ///< the document with a trailer, where it has lost its own
};

Status lay_words(QPDF& pdf, const LayerJob& job) {
  LayerBuilder builder(pdf, TRY(settle_pages(pdf, job.source.pages)));
  for (std::optional<LayerPage> page = TRY(job.pages()); page; page = TRY(job.pages())) {
    (void)TRY(builder.add(*page));
    const auto done = std::uint64_t{page->page_index + 1} * permille_laid / builder.page_count();
    job.on_progress(static_cast<std::uint32_t>(done));
  }
  builder.finish();
  return Done{};
}

Status write_out(QPDF& pdf, int output_fd, const ProgressSink& on_progress) {
  FdPipeline output(output_fd);
  QPDFWriter writer(pdf);
  writer.setOutputPipeline(&output);
  writer.setCompressStreams(false);
  writer.setDecodeLevel(qpdf_dl_none);
  writer.setStreamDataMode(qpdf_s_preserve);
  writer.setObjectStreamMode(qpdf_o_preserve);
  if (pdf.isEncrypted()) {
    // Asked for by name: qpdf 12 forgets the encryption where streams are not compressed again.
    writer.copyEncryptionParameters(pdf);
  } else {
    writer.setDeterministicID(true);
  }
  writer.registerProgressReporter(std::make_shared<Reporter>(on_progress));
  writer.write();
  output.finish();
  return output.status();
}

std::shared_ptr<QPDF> open_bytes(const LayerJob& job, std::string_view bytes,
                                 const std::string& password) {
  auto pdf = std::make_shared<QPDF>();
  pdf->setSuppressWarnings(true);
  pdf->processMemoryFile("document", bytes.data(), bytes.size(), password.c_str());
  if (!job.source.pages.lost.empty()) drop_missing_kids(*pdf);
  return pdf;
}

/// What was cut off opens with another trailer, else nothing is returned.
std::shared_ptr<QPDF> open_rescued(const LayerJob& job) {
  const std::string trailer = trailer_for(job.document);
  Result<MappedFile> rescued = MappedFile::map(job.source.document_fd, trailer);
  if (trailer.empty() || !rescued) return nullptr;
  job.rescued = *std::move(rescued);
  return open_bytes(job, job.rescued->bytes(), "");
}

/// Throws as qpdf does.
std::shared_ptr<QPDF> open_original(const LayerJob& job) {
  const std::vector<std::string> passwords = password_attempts(job.source.password);
  for (const std::string& password : passwords) {
    try {
      return open_bytes(job, job.document, password);
    } catch (const QPDFExc& failure) {
      const bool is_refused = failure.getErrorCode() == qpdf_e_password;
      if (is_refused && &password != &passwords.back()) continue;
      std::shared_ptr<QPDF> rescued = is_refused ? nullptr : open_rescued(job);
      if (!rescued) throw;
      return rescued;
    }
  }
  return nullptr;
}

Status run(const LayerJob& job) {
  std::shared_ptr<QPDF> pdf;
  if (image_type_of(job.document)) {
    const ImageHeader header = TRY(read_image_header(job.document));
    pdf = std::make_shared<QPDF>();
    pdf->setSuppressWarnings(true);
    pdf->emptyPDF();
    (void)TRY(add_image_pages(*pdf, job.document, header));
  } else {
    pdf = open_original(job);
    // qpdf 12 opens what was cut off by itself, without the object that was written last.
    const std::size_t found = QPDFPageDocumentHelper(*pdf).getAllPages().size();
    const bool misses_pages = found + job.source.pages.lost.size() < job.source.pages.count;
    if (misses_pages && !job.rescued) {
      if (std::shared_ptr<QPDF> rescued = open_rescued(job)) pdf = std::move(rescued);
    }
  }
  (void)TRY(lay_words(*pdf, job));
  return write_out(*pdf, job.output_fd, job.on_progress);
}

Error error_of(const QPDFExc& failure) {
  if (failure.getErrorCode() == qpdf_e_password) {
    return Error{ErrorKind::Denied, "the PDF is encrypted and the password does not open it"};
  }
  return Error{ErrorKind::Corrupt,
               "the PDF is too damaged to be written again: " + failure.getMessageDetail()};
}

}  // namespace

Status write_pdf_layer(const LayerSource& source, int output_fd, const LayerPages& pages,
                       const std::function<void(std::uint32_t permille)>& on_progress) {
  const MappedFile document = TRY(MappedFile::map(source.document_fd));
  std::optional<MappedFile> rescued;
  try {
    return run({document.bytes(), source, output_fd, pages, on_progress, rescued});
  } catch (const QPDFExc& failure) {
    return error_of(failure);
  } catch (const std::bad_alloc&) {
    return Error{ErrorKind::OutOfMemory, "no memory left for the PDF's text layer"};
  } catch (const std::exception& failure) {
    return Error{ErrorKind::Corrupt, std::string("the PDF cannot be written: ") + failure.what()};
  }
}

}  // namespace civicum
