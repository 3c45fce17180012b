// SPDX-License-Identifier: GPL-3.0-or-later
// Splash, with an eye on the pictures that it paints: Poppler draws white or grey where a picture's
// data end early, and says nothing.
#pragma once

#include <SplashOutputDev.h>

#include <cstddef>
#include <set>

namespace civicum {

/// Renders to 8-bit grey. Notes a loss (library_errors) for each picture with broken data.
class CheckedSplash final : public SplashOutputDev {
 public:
  explicit CheckedSplash(SplashColor paper);

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

 private:
  struct Picture {
    int width = 0;
    int height = 0;
    int bits_per_pixel = 1;
  };
  void check(const Object* ref, Stream* stream, const Picture& picture);
  /// A mask that is cut off hides what it should show.
  void check_mask(const char* key, Stream* picture, Stream* mask, const Picture& size);

  std::set<Ref> checked_;
};

}  // namespace civicum
