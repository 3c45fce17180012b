// SPDX-License-Identifier: GPL-3.0-or-later
// Layout analysis takes the columns of a form or a table for columns of prose when there are many
// rows, and reads all labels before all values. Here rows become lines again. Pure.
//
// Careful by design: two columns are joined only where their lines stand on common rows, neither is
// prose set to a margin, and something says table: labels that end in ':', or a column of figures.
#pragma once

#include <vector>

#include "ocr/recognized.h"

namespace civicum {

/// The blocks with forms and tables read row by row; everything else stays as and where it is.
std::vector<RecognizedBlock> join_rows(std::vector<RecognizedBlock> blocks);

}  // namespace civicum
