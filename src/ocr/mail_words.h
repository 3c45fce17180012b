// SPDX-License-Identifier: GPL-3.0-or-later
// E-mail addresses whose "@" the page's language model does not know: tessdata_fast's Spanish has
// no such character and writes O, Q, W, "(" or nothing for it. The words that look like such an
// address are found here, read again with a model that knows it, and replaced. Pure.
#pragma once

#include <cstddef>
#include <vector>

#include "ocr/recognized.h"

namespace civicum {

/// A word that ends like a mail host and has no "@".
struct MailSuspect {
  std::size_t block = 0;
  std::size_t line = 0;
  std::size_t word = 0;
  PixelBox box;  ///< what to read again: the word and up to two before it, with a margin
};

/// In the order of the page, at most mail_suspects_max.
std::vector<MailSuspect> find_mail_suspects(const std::vector<RecognizedBlock>& blocks);
inline constexpr std::size_t mail_suspects_max = 40;

/// Puts the address among `reading` (in the picture's pixels, one line) in the place of the words
/// that it was taken for. Nothing changes where `reading` holds no address, more than one "@", or
/// something of quite another length. Indices of words behind it in the line are void afterwards.
void adopt_mail_address(RecognizedLine& line, std::size_t suspect,
                        const std::vector<RecognizedWord>& reading);

}  // namespace civicum
