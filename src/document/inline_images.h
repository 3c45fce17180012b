// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures written into a page's instructions (ISO 32000-1 §8.9.7), where one that is cut off
// swallows what stands behind it.
#pragma once

#include <string>

namespace civicum {

/// Notes a loss (library_errors) where one has fewer data than its size wants, broken JPEG or
/// deflated data, or no end. Other codings are not looked at.
void check_inline_images(const std::string& contents);

}  // namespace civicum
