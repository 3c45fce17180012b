// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/pdf_scan.h"

#include <GlobalParams.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "document/word_text.h"

namespace civicum {
namespace {

/// From here on one image is the page, as in a scan with a small white margin.
constexpr double full_page_cover = 0.85;
/// Rules and frames that a decoded image may lack: a signature's box, a line under a stamp.
constexpr std::uint32_t paths_over_image_max = 4;
/// Lighter than this, a fill is paper.
constexpr double paper_gray = 0.95;
/// Smaller pictures hold no text worth reading: logos, bullets, rules drawn as images.
constexpr float picture_side_min = 24;
constexpr double picture_area_share_min = 0.02;
/// Fainter paint is not seen.
constexpr double opacity_min = 0.05;
constexpr double picture_pixels_min = 4000;
constexpr std::size_t pictures_max = 32;
/// No scanner makes more; Poppler gives up on such an image without a word.
constexpr int image_side_max = 1'000'000;

Box bounds(const std::array<double, 4>& xs, const std::array<double, 4>& ys) {
  const auto [x0, x1] = std::minmax_element(xs.begin(), xs.end());
  const auto [y0, y1] = std::minmax_element(ys.begin(), ys.end());
  return {static_cast<float>(*x0), static_cast<float>(*y0), static_cast<float>(*x1),
          static_cast<float>(*y1)};
}

/// The unit square, where images are painted, in device space.
Box image_box(const GfxState* state) {
  const auto& m = state->getCTM();
  return bounds({m[4], m[4] + m[0], m[4] + m[2], m[4] + m[0] + m[2]},
                {m[5], m[5] + m[1], m[5] + m[3], m[5] + m[1] + m[3]});
}

Box path_box(const GfxState* state) {
  const GfxPath* path = state->getPath();
  Box box;
  bool is_first = true;
  for (int i = 0; i < path->getNumSubpaths(); ++i) {
    const auto* subpath = path->getSubpath(i);
    for (int k = 0; k < subpath->getNumPoints(); ++k) {
      double x = 0;
      double y = 0;
      state->transform(subpath->getX(k), subpath->getY(k), &x, &y);
      const Box point = {static_cast<float>(x), static_cast<float>(y), static_cast<float>(x),
                         static_cast<float>(y)};
      box = is_first ? point : unite(box, point);
      is_first = false;
    }
  }
  return box;
}

double gray_of(GfxGray gray) { return static_cast<double>(gray) / gfxColorComp1; }

double fill_gray(GfxState* state) {
  GfxGray gray = 0;
  state->getFillGray(&gray);
  return gray_of(gray);
}

double stroke_gray(GfxState* state) {
  GfxGray gray = 0;
  state->getStrokeGray(&gray);
  return gray_of(gray);
}

ImageEncoding encoding_of(const Stream* stream) {
  if (stream->getKind() == strDCT) return ImageEncoding::Jpeg;
  if (stream->getKind() == strJPX) return ImageEncoding::Jpeg2000;
  if (stream->getKind() == strCCITTFax) return ImageEncoding::Ccitt;
  return ImageEncoding::Other;
}

/// The last filter's parameters; not a dictionary where there are none. (Poppler does not export
/// what a cast to its fax stream needs under sanitizers.)
Object decode_parameters(Stream* stream) {
  Object parameters = stream->getDict()->lookup("DecodeParms");
  if (!parameters.isArray() || parameters.arrayGetLength() == 0) return parameters;
  return parameters.arrayGet(parameters.arrayGetLength() - 1);
}

bool is_set(const Object& parameters, const char* key) {
  if (!parameters.isDict()) return false;
  const Object value = parameters.dictLookup(key);
  return value.isBool() && value.getBool();
}

/// Group 4 without row alignment is what a TIFF header can be put around; the rest is rendered.
bool is_group4(Stream* stream) {
  const Object parameters = decode_parameters(stream);
  if (!parameters.isDict()) return false;
  const Object k = parameters.dictLookup("K");
  return k.isInt() && k.getInt() < 0 && !is_set(parameters, "EncodedByteAlign");
}

bool is_black_one(Stream* stream) { return is_set(decode_parameters(stream), "BlackIs1"); }

bool has_plain_decode(const GfxImageColorMap& colors) {
  for (int i = 0; i < colors.getNumPixelComps(); ++i) {
    if (std::abs(colors.getDecodeLow(i)) > 0.01) return false;
    if (std::abs(colors.getDecodeHigh(i) - 1) > 0.01) return false;
  }
  return true;
}

bool is_gray_or_rgb(GfxImageColorMap& colors) {
  const int channels = colors.getNumPixelComps();
  switch (colors.getColorSpace()->getMode()) {
    case csDeviceGray:
    case csCalGray:
    case csDeviceRGB:
    case csCalRGB:
    case csICCBased:
      return colors.getBits() == 8 && (channels == 1 || channels == 3);
    default:
      return false;
  }
}

/// For 1-bit images of any colour space: which sample is dark, if one is dark and one light.
std::optional<bool> is_one_black(GfxImageColorMap& colors) {
  std::array<double, 2> seen{};
  for (unsigned char sample = 0; sample < 2; ++sample) {
    GfxGray gray = 0;
    colors.getGray(&sample, &gray);
    seen.at(sample) = gray_of(gray);
  }
  constexpr double dark = 0.35;
  constexpr double light = 0.75;
  if (seen[0] < dark && seen[1] > light) return false;
  if (seen[1] < dark && seen[0] > light) return true;
  return std::nullopt;
}

/// Puts a picture into the list; one that touches another joins it, as strips of one picture do.
/// False where the list is full.
bool add_picture(std::vector<Box>& pictures, const Box& box) {
  constexpr float gap = 2;
  const Box wide = {box.x0 - gap, box.y0 - gap, box.x1 + gap, box.y1 + gap};
  for (Box& other : pictures) {
    if (area_of(intersect(wide, other)) <= 0) continue;
    other = unite(other, box);
    return true;
  }
  if (pictures.size() >= pictures_max) return false;
  pictures.push_back(box);
  return true;
}

/// Poppler does not export what a sanitizer's check of the pattern's type needs.
__attribute__((no_sanitize("vptr"))) Dict* resources_of(GfxTilingPattern& pattern) {
  return pattern.getResDict();
}

/// Of a pattern's resources.
bool holds_picture(Dict* resources) {
  constexpr int looked_at_max = 64;
  const Object objects = resources == nullptr ? Object(objNull) : resources->lookup("XObject");
  for (int i = 0; objects.isDict() && i < std::min(objects.dictGetLength(), looked_at_max); ++i) {
    const Object object = objects.dictGetVal(i);
    if (object.isStream() && object.streamGetDict()->lookup("Subtype").isName("Image")) return true;
  }
  return false;
}

/// Not a rule, a bullet or an icon.
bool is_readable_size(const Box& box, double page_area) {
  const bool is_broad = box.x1 - box.x0 >= picture_side_min && box.y1 - box.y0 >= picture_side_min;
  return is_broad && area_of(box) >= picture_area_share_min * page_area;
}

bool is_space_glyph(const Unicode* unicode, int count) {
  return count > 0 && (unicode[0] == 0x20 || unicode[0] == 0xA0 || unicode[0] == 0x09 ||
                       unicode[0] == 0x0A || unicode[0] == 0x0D || unicode[0] == 0xAD);
}

bool is_unmapped_glyph(const Unicode* unicode, int count) {
  return count <= 0 || is_unreadable(static_cast<char32_t>(unicode[0]));
}

/// A drawn font (Type 3) whose glyphs have names of their own and no Unicode: Poppler then takes
/// their codes for letters.
bool is_nameless(const GfxState* state, CharCode code) {
  const std::shared_ptr<GfxFont>& font = state->getFont();
  if (!font || font->getType() != fontType3 || font->hasToUnicodeCMap()) return false;
  const char* name =
      static_cast<const Gfx8BitFont*>(font.get())->getCharName(static_cast<int>(code));
  if (name == nullptr) return true;
  const std::string_view text(name);
  const bool is_numbered = text.starts_with("uni") || (text.size() > 4 && text[0] == 'u');
  return !is_numbered && globalParams->mapNameToUnicodeText(name) == 0;
}

/// Where symbol fonts keep their bullets, boxes and arrows by convention.
bool is_symbol_glyph(const Unicode* unicode, int count) {
  return count > 0 && unicode[0] >= 0xF020 && unicode[0] <= 0xF0FF;
}

}  // namespace

PdfScan::PdfScan(PageSize page, GlyphChoice choice, std::uint32_t first_glyph)
    : TextOutputDev(nullptr, false, 0, false, false),
      page_(page),
      choice_(choice),
      first_glyph_(first_glyph) {}

PageFacts PdfScan::facts() const {
  PageFacts facts;
  facts.width = page_.width;
  facts.height = page_.height;
  facts.visible_chars = visible_glyphs_;
  facts.invisible_chars = invisible_glyphs_;
  if (glyph_count_ > 0) {
    facts.unmapped_share = static_cast<double>(unmapped_glyphs_) / glyph_count_;
  }
  const double page_area = static_cast<double>(page_.width) * page_.height;
  if (page_area > 0) facts.image_cover = std::min(1.0, images_area_ / page_area);
  facts.path_count = path_count_;
  for (const Box& box : pictures_) {
    if (is_readable_size(box, page_area)) facts.pictures.push_back(box);
  }
  facts.pictures_unlisted = pictures_unlisted_;
  if (const auto full_page = image()) facts.image = full_page->facts;
  facts.decoder_bytes = {decoder_bytes_};
  facts.complaint = complaint_;
  return facts;
}

std::optional<PdfImage> PdfScan::image() const {
  std::optional<PdfImage> found = image_;
  if (!found) return found;
  if (paths_over_image_ > paths_over_image_max || images_over_image_ > 0) {
    found->facts.is_decodable = false;
  }
  return found;
}

Box PdfScan::visible_box(const GfxState* state, const Box& box) const {
  double x0 = 0;
  double y0 = 0;
  double x1 = 0;
  double y1 = 0;
  state->getClipBBox(&x0, &y0, &x1, &y1);
  const Box clip = {static_cast<float>(x0), static_cast<float>(y0), static_cast<float>(x1),
                    static_cast<float>(y1)};
  return intersect(intersect(box, clip), {0, 0, page_.width, page_.height});
}

void PdfScan::note_picture(const Box& box) {
  const double page_area = static_cast<double>(page_.width) * page_.height;
  images_area_ += area_of(box);
  if (!add_picture(pictures_, box) && is_readable_size(box, page_area)) ++pictures_unlisted_;
}

/// Does a symbol stand right behind another one? One alone is a bullet or a box; in a row they are
/// letters of a font that nothing maps.
bool PdfScan::continues_symbols(const Advance& glyph, double font_size) {
  const double near = 0.3 * font_size;
  const bool is_behind =
      std::abs(glyph.x0 - symbol_.x1) < near && std::abs(glyph.y0 - symbol_.y1) < near;
  symbol_ = glyph;
  return is_behind;
}

/// A font has a space or two. Where many of its codes are mapped to one, they are its letters.
bool PdfScan::stands_for_letters(const GfxState* state, CharCode code) {
  constexpr std::size_t space_codes_max = 4;
  const std::shared_ptr<GfxFont>& font = state->getFont();
  if (!font) return false;
  std::set<CharCode>& codes = space_codes_[*font->getID()];
  if (codes.size() <= space_codes_max) codes.insert(code);
  return codes.size() > space_codes_max;
}

// NOLINTNEXTLINE(readability-function-size): the signature is Poppler's
void PdfScan::drawChar(GfxState* state, double x, double y, double dx, double dy, double origin_x,
                       double origin_y, CharCode code, int byte_count, const Unicode* unicode,
                       int unicode_count) {
  if (is_hidden()) return;
  // Mode 7 alone paints nothing either, but is how Poppler draws text filled with a pattern.
  const bool is_visible = state->getRender() != 3;
  double page_x = 0;
  double page_y = 0;
  state->transform(x - origin_x, y - origin_y, &page_x, &page_y);
  const bool is_on_page = page_x >= 0 && page_y >= 0 &&
                          page_x <= static_cast<double>(page_.width) &&
                          page_y <= static_cast<double>(page_.height);
  const std::uint32_t index = glyph_count_;
  const bool is_space = is_space_glyph(unicode, unicode_count);
  const bool is_letter_as_space = is_space && stands_for_letters(state, code);
  if (is_on_page && (!is_space || is_letter_as_space)) {
    ++glyph_count_;
    ++(is_visible ? visible_glyphs_ : invisible_glyphs_);
    double step_x = 0;
    double step_y = 0;
    state->transformDelta(dx, dy, &step_x, &step_y);
    const Advance glyph = {page_x, page_y, page_x + step_x, page_y + step_y};
    const bool is_lone_mark = is_symbol_glyph(unicode, unicode_count) &&
                              !continues_symbols(glyph, state->getTransformedFontSize());
    const bool is_unmapped =
        is_letter_as_space || is_nameless(state, code) || is_unmapped_glyph(unicode, unicode_count);
    if (is_unmapped && !is_lone_mark) ++unmapped_glyphs_;
  }
  const bool is_chosen = choice_ == GlyphChoice::All || (is_visible && index >= first_glyph_);
  if (is_chosen) {
    TextOutputDev::drawChar(state, x, y, dx, dy, origin_x, origin_y, code, byte_count, unicode,
                            unicode_count);
  }
}

void PdfScan::note_path(GfxState* state, Paint paint) {
  if (is_hidden()) return;
  const bool is_stroke = paint == Paint::Stroke;
  const double opacity = is_stroke ? state->getStrokeOpacity() : state->getFillOpacity();
  if (opacity < opacity_min) return;
  if (paint != Paint::Pattern && (is_stroke ? stroke_gray(state) : fill_gray(state)) > paper_gray) {
    return;
  }
  Box box = path_box(state);
  const auto half = static_cast<float>(std::max(0.25, state->getTransformedLineWidth() / 2));
  if (is_stroke) box = {box.x0 - half, box.y0 - half, box.x1 + half, box.y1 + half};
  if (area_of(visible_box(state, box)) <= 0) return;
  ++path_count_;
  ++marks_before_;
  if (image_) ++paths_over_image_;
}

void PdfScan::note_pattern(GfxState* state) {
  double x0 = 0;
  double y0 = 0;
  double x1 = 0;
  double y1 = 0;
  state->getClipBBox(&x0, &y0, &x1, &y1);
  if (is_hidden() || x1 <= x0 || y1 <= y0) return;
  ++path_count_;
  ++marks_before_;
  if (image_) ++paths_over_image_;
}

void PdfScan::stroke(GfxState* state) { note_path(state, Paint::Stroke); }
void PdfScan::fill(GfxState* state) { note_path(state, Paint::Fill); }
void PdfScan::eoFill(GfxState* state) { note_path(state, Paint::Fill); }

// Patterns are one mark each: laying out their tiles can take for ever.
// NOLINTNEXTLINE(readability-function-size): the signature is Poppler's
bool PdfScan::tilingPatternFill(GfxState* state, Gfx*, Catalog*, GfxTilingPattern* pattern,
                                const double*, int, int, int, int, double, double) {
  note_pattern(state);
  const bool is_shown = !is_hidden() && state->getFillOpacity() >= opacity_min;
  if (is_shown && holds_picture(resources_of(*pattern))) {
    note_picture(visible_box(state, {0, 0, page_.width, page_.height}));
  }
  return true;
}
bool PdfScan::functionShadedFill(GfxState* state, GfxFunctionShading*) {
  note_pattern(state);
  return true;
}
bool PdfScan::axialShadedFill(GfxState* state, GfxAxialShading*, double, double) {
  note_pattern(state);
  return true;
}
bool PdfScan::radialShadedFill(GfxState* state, GfxRadialShading*, double, double) {
  note_pattern(state);
  return true;
}
bool PdfScan::gouraudTriangleShadedFill(GfxState* state, GfxGouraudTriangleShading*) {
  note_pattern(state);
  return true;
}
bool PdfScan::patchMeshShadedFill(GfxState* state, GfxPatchMeshShading*) {
  note_pattern(state);
  return true;
}

/// OpenJPEG holds the whole picture, 32 bits per sample; other decoders a few rows.
std::uint64_t PdfScan::decoder_bytes_of(const ImageDrawing& drawing) {
  if (drawing.encoding != ImageEncoding::Jpeg2000) return 0;
  const std::uint64_t pixels =
      static_cast<std::uint64_t>(drawing.width) * static_cast<std::uint64_t>(drawing.height);
  return 4 * pixels * std::max(1U, drawing.bits_per_pixel / 8);
}

void PdfScan::note_image(GfxState* state, const ImageDrawing& drawing) {
  if (is_hidden() || state->getFillOpacity() < opacity_min) return;
  const Box box = visible_box(state, image_box(state));
  const double area = area_of(box);
  if (area <= 0 || drawing.width <= 0 || drawing.height <= 0) return;
  if (std::max(drawing.width, drawing.height) > image_side_max) {
    complaint_ = "an image of " + std::to_string(drawing.width) + " x " +
                 std::to_string(drawing.height) + " pixels";
  }
  const double page_area = static_cast<double>(page_.width) * page_.height;
  const bool has_pixels = static_cast<double>(drawing.width) * drawing.height >= picture_pixels_min;
  if (has_pixels) {
    note_picture(box);
  } else {
    images_area_ += area;
  }
  decoder_bytes_ = std::max(decoder_bytes_, decoder_bytes_of(drawing));
  if (area >= full_page_cover * page_area) {
    note_full_page_image(state, drawing, box);
  } else if (image_ && area >= 0.001 * page_area) {
    ++images_over_image_;
  }
  ++marks_before_;
}

void PdfScan::note_full_page_image(const GfxState* state, const ImageDrawing& drawing,
                                   const Box& visible) {
  PdfImage image;
  image.placement.box = image_box(state);
  const auto& m = state->getCTM();
  const auto turned = turn_of(m[0], m[1], m[2], m[3]);
  const bool is_whole =
      area_of(visible) >=
      0.98 * area_of(intersect(image.placement.box, {0, 0, page_.width, page_.height}));
  const bool is_opaque = drawing.is_opaque && state->getFillOpacity() > 0.99 && !has_soft_mask_ &&
                         state->getBlendMode() == gfxBlendNormal;
  const bool is_alone = is_opaque || marks_before_ == 0;
  if (is_opaque) {
    hidden_glyphs_ = glyph_count_;
    invisible_glyphs_ += visible_glyphs_;
    visible_glyphs_ = 0;
  }
  const Box& box = image.placement.box;
  const bool is_sideways = turned && *turned % 180 == 90;
  const double inches = static_cast<double>(is_sideways ? box.y1 - box.y0 : box.x1 - box.x0) / 72;
  image.facts.width_px = static_cast<std::uint32_t>(drawing.width);
  image.facts.height_px = static_cast<std::uint32_t>(drawing.height);
  image.facts.bits_per_pixel = drawing.bits_per_pixel;
  image.facts.encoding = drawing.encoding;
  image.facts.dpi = {
      static_cast<std::uint32_t>(std::lround(std::min(drawing.width / inches, 1e6)))};
  const bool has_bytes = drawing.ref != nullptr && drawing.ref->isRef();
  if (has_bytes) image.ref = drawing.ref->getRef();
  image.placement.turned = turned.value_or(0);
  image.placement.is_inverted = drawing.is_inverted;
  image.facts.is_decodable =
      has_bytes && turned && is_whole && is_alone && drawing.is_plain && !has_soft_mask_;
  image_ = image;
  paths_over_image_ = 0;
  images_over_image_ = 0;
}

// The signatures are Poppler's: NOLINTBEGIN(readability-function-size)

void PdfScan::drawImageMask(GfxState* state, Object* ref, Stream* stream, int width, int height,
                            bool is_inverted, bool interpolate, bool is_inline) {
  ImageDrawing drawing{ref, width, height, encoding_of(stream), 1};
  // Paints sample 0, or 1 if inverted, with the fill colour; only black paint is a scan.
  if (drawing.encoding == ImageEncoding::Ccitt) {
    drawing.is_plain = fill_gray(state) < 0.35 && is_group4(stream);
    drawing.is_inverted = is_inverted != is_black_one(stream);
  }
  if (fill_gray(state) <= paper_gray) note_image(state, drawing);
  if (is_inline) {
    has_inline_images_ = true;
    OutputDev::drawImageMask(state, ref, stream, width, height, is_inverted, interpolate, true);
  }
}

void PdfScan::drawImage(GfxState* state, Object* ref, Stream* stream, int width, int height,
                        GfxImageColorMap* colors, bool interpolate, const int* mask_colors,
                        bool is_inline) {
  const auto bits = static_cast<std::uint32_t>(colors->getBits() * colors->getNumPixelComps());
  ImageDrawing drawing{ref, width, height, encoding_of(stream), bits};
  drawing.is_opaque = mask_colors == nullptr;
  if (drawing.encoding == ImageEncoding::Jpeg) {
    drawing.is_plain = drawing.is_opaque && is_gray_or_rgb(*colors) && has_plain_decode(*colors);
  } else if (drawing.encoding == ImageEncoding::Ccitt && bits == 1) {
    const std::optional<bool> inverted = is_one_black(*colors);
    drawing.is_plain = drawing.is_opaque && inverted.has_value() && is_group4(stream);
    drawing.is_inverted = inverted.value_or(false) != is_black_one(stream);
  }
  note_image(state, drawing);
  // An inline image's bytes stand between the instructions: they must be read to get past them.
  if (is_inline) {
    has_inline_images_ = true;
    OutputDev::drawImage(state, ref, stream, width, height, colors, interpolate, mask_colors, true);
  }
}

void PdfScan::drawMaskedImage(GfxState* state, Object* ref, Stream* stream, int width, int height,
                              GfxImageColorMap* colors, bool, Stream*, int, int, bool, bool) {
  const auto bits = static_cast<std::uint32_t>(colors->getBits() * colors->getNumPixelComps());
  note_image(state, {ref, width, height, encoding_of(stream), bits});
}

void PdfScan::drawSoftMaskedImage(GfxState* state, Object* ref, Stream* stream, int width,
                                  int height, GfxImageColorMap* colors, bool, Stream*, int, int,
                                  GfxImageColorMap*, bool) {
  const auto bits = static_cast<std::uint32_t>(colors->getBits() * colors->getNumPixelComps());
  note_image(state, {ref, width, height, encoding_of(stream), bits});
}

void PdfScan::beginTransparencyGroup(GfxState*, const double*, GfxColorSpace*, bool, bool,
                                     bool for_soft_mask) {
  groups_.push_back(for_soft_mask);
  if (for_soft_mask) ++soft_mask_depth_;
}

void PdfScan::endTransparencyGroup(GfxState*) {
  if (groups_.empty()) return;
  if (groups_.back()) --soft_mask_depth_;
  groups_.pop_back();
}

void PdfScan::setSoftMask(GfxState*, const double*, bool, Function*, GfxColor*) {
  has_soft_mask_ = true;
}

// NOLINTEND(readability-function-size)

void PdfScan::clearSoftMask(GfxState*) { has_soft_mask_ = false; }

}  // namespace civicum
