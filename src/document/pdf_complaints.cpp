// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/pdf_complaints.h"

#include <algorithm>
#include <array>

namespace civicum {
namespace {

constexpr std::array<std::string_view, 33> signs = {
    // Instructions that are not carried out.
    "Unknown operator '", "args to '", "Arg #", "args in content stream", "Weird page contents",
    "Page contents object", "Restoring state when no valid states", "Unterminated string",
    "End of file inside", "End of file in inline image",
    // What they name is missing.
    "XObject", "Unknown font tag", "No font in", "Couldn't create a font", "Type3 CharProc",
    "Bad form",
    // Data that cannot be decoded, or only in part.
    "Unknown filter", "Bad filter name", "'Filter' attribute", "Bad image parameters",
    "Image format is not supported", "JPEG2000 format is not supported", "flate stream", "CCITTFax",
    "LZW stream", "JBIG2", "Previous segment handler read too many bytes", "invalid width/height",
    "ASCIIHex stream", "start of jpeg data", "libjpeg failed", "opening JPX Stream.",
    "Invalid object stream"};

/// The marks of check boxes, which many forms name without their font: no text is lost.
constexpr std::string_view check_mark_font = "Unknown font tag 'ZaDb'";

}  // namespace

bool is_loss(std::string_view message) {
  if (message == check_mark_font) return false;
  return std::any_of(signs.begin(), signs.end(), [message](std::string_view sign) {
    return message.find(sign) != std::string_view::npos;
  });
}

}  // namespace civicum
