// SPDX-License-Identifier: GPL-3.0-or-later
// A password as PDFs want it: UTF-8 from revision 5 of the standard handler on, before that in
// PDFDocEncoding (ISO 32000-1 §7.6.3.3, annex D), which is Latin-1 for the letters in use.
#pragma once

#include <string>
#include <vector>

namespace civicum {

/// What to try, in order: as given; in Latin-1 where that is possible and other bytes; none at all,
/// because a password meant for other files must not lock one that opens without any.
std::vector<std::string> password_attempts(const std::string& password);

}  // namespace civicum
