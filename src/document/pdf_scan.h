// SPDX-License-Identifier: GPL-3.0-or-later
// One pass over a PDF page's instructions that decodes no picture: gathers the text and notes what
// is painted where. Poppler's private headers stay in the files named pdf_*.
//
// Device space is 72 dpi with the origin top left on the upright page (after /Rotate and crop box),
// so device units are the points of Box.
#pragma once

#include <GfxState.h>
#include <TextOutputDev.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/page.h"
#include "document/document.h"
#include "document/placement.h"

namespace civicum {

/// The image that covers a page, with what it takes to decode it without rendering.
struct PdfImage {
  Ref ref = Ref::INVALID();
  FullPageImage facts;
  ImagePlacement placement;
};

/// Which glyphs become text.
enum class GlyphChoice : std::uint8_t { All, Visible };

class PdfScan final : public TextOutputDev {
 public:
  /// Glyphs painted before number `first_glyph` lie hidden under a full-page image.
  PdfScan(PageSize page, GlyphChoice choice, std::uint32_t first_glyph);

  /// Visible and invisible characters, unmapped share, image cover, paths and pictures. What the
  /// words are like is left to the caller.
  PageFacts facts() const;
  std::optional<PdfImage> image() const;
  bool has_inline_images() const { return has_inline_images_; }
  /// The glyphs that a full-page image hides: they were painted before it.
  std::uint32_t hidden_glyphs() const { return hidden_glyphs_; }

  bool needNonText() override { return true; }
  bool useTilingPatternFill() override { return true; }
  bool useShadedFills(int) override { return true; }

  void drawChar(GfxState* state, double x, double y, double dx, double dy, double origin_x,
                double origin_y, CharCode code, int byte_count, const Unicode* unicode,
                int unicode_count) override;
  void stroke(GfxState* state) override;
  void fill(GfxState* state) override;
  void eoFill(GfxState* state) override;
  bool tilingPatternFill(GfxState* state, Gfx*, Catalog*, GfxTilingPattern*, const double*, int,
                         int, int, int, double, double) override;
  bool functionShadedFill(GfxState* state, GfxFunctionShading*) override;
  bool axialShadedFill(GfxState* state, GfxAxialShading*, double, double) override;
  bool radialShadedFill(GfxState* state, GfxRadialShading*, double, double) override;
  bool gouraudTriangleShadedFill(GfxState* state, GfxGouraudTriangleShading*) override;
  bool patchMeshShadedFill(GfxState* state, GfxPatchMeshShading*) override;

  void drawImageMask(GfxState* state, Object* ref, Stream* stream, int width, int height,
                     bool is_inverted, bool interpolate, bool is_inline) override;
  void drawImage(GfxState* state, Object* ref, Stream* stream, int width, int height,
                 GfxImageColorMap* colors, bool interpolate, const int* mask_colors,
                 bool is_inline) override;
  void drawMaskedImage(GfxState* state, Object* ref, Stream* stream, int width, int height,
                       GfxImageColorMap* colors, bool interpolate, Stream* mask, int mask_width,
                       int mask_height, bool mask_invert, bool mask_interpolate) override;
  void drawSoftMaskedImage(GfxState* state, Object* ref, Stream* stream, int width, int height,
                           GfxImageColorMap* colors, bool interpolate, Stream* mask, int mask_width,
                           int mask_height, GfxImageColorMap* mask_colors,
                           bool mask_interpolate) override;
  void beginTransparencyGroup(GfxState* state, const double* bbox, GfxColorSpace* blending,
                              bool isolated, bool knockout, bool for_soft_mask) override;
  void endTransparencyGroup(GfxState* state) override;
  void setSoftMask(GfxState* state, const double* bbox, bool alpha, Function* transfer,
                   GfxColor* backdrop) override;
  void clearSoftMask(GfxState* state) override;

 private:
  struct ImageDrawing {
    const Object* ref = nullptr;
    int width = 0;
    int height = 0;
    ImageEncoding encoding = ImageEncoding::Other;
    std::uint32_t bits_per_pixel = 0;
    bool is_opaque = false;    ///< what was painted before it is hidden
    bool is_plain = false;     ///< decoded samples are the grey or colour that is seen
    bool is_inverted = false;  ///< the code's black is shown white
  };
  enum class Paint : std::uint8_t { Fill, Stroke, Pattern };
  /// From a glyph's origin to the next one's.
  struct Advance {
    double x0 = 0;
    double y0 = 0;
    double x1 = 0;
    double y1 = 0;
  };

  bool is_hidden() const { return soft_mask_depth_ > 0; }
  Box visible_box(const GfxState* state, const Box& box) const;
  bool stands_for_letters(const GfxState* state, CharCode code);
  void note_picture(const Box& box);
  static std::uint64_t decoder_bytes_of(const ImageDrawing& drawing);
  bool continues_symbols(const Advance& glyph, double font_size);
  void note_path(GfxState* state, Paint paint);
  void note_pattern(GfxState* state);
  void note_image(GfxState* state, const ImageDrawing& drawing);
  void note_full_page_image(const GfxState* state, const ImageDrawing& drawing, const Box& box);

  PageSize page_;
  GlyphChoice choice_;
  std::uint32_t first_glyph_;

  std::uint32_t glyph_count_ = 0;
  std::uint32_t visible_glyphs_ = 0;
  std::uint32_t invisible_glyphs_ = 0;
  std::uint32_t unmapped_glyphs_ = 0;
  std::uint32_t hidden_glyphs_ = 0;
  Advance symbol_ = {-1e9, -1e9, -1e9, -1e9};  ///< the last one
  std::uint32_t path_count_ = 0;
  std::uint32_t paths_over_image_ = 0;
  std::uint32_t images_over_image_ = 0;
  std::uint32_t marks_before_ = 0;
  double images_area_ = 0;
  std::map<Ref, std::set<CharCode>> space_codes_;  ///< by font: those that are mapped to a space
  std::vector<Box> pictures_;
  std::uint32_t pictures_unlisted_ = 0;
  bool has_inline_images_ = false;
  std::uint64_t decoder_bytes_ = 0;  ///< of the picture that takes most
  std::optional<PdfImage> image_;
  std::string complaint_;

  std::vector<bool> groups_;  ///< of open transparency groups: is it for a soft mask?
  int soft_mask_depth_ = 0;
  bool has_soft_mask_ = false;
};

}  // namespace civicum
