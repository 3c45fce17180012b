// SPDX-License-Identifier: GPL-3.0-or-later
// Spanish numbers in words: "veintitrés", "treinta y uno", "mil novecientos noventa y ocho",
// "un millón doscientos cincuenta mil". Words come folded (lower case, no accents).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace civicum::fields {

enum class Spelling : std::uint8_t { Exact, Tolerant };

/// True for words that numbers are made of; "y" and "de" are not among them. Tolerant: one letter
/// of a word of six or more letters may be wrong.
bool is_number_word(std::string_view word, Spelling spelling);

/// The number that exactly these words say ("y" allowed between), or nothing: order matters, so
/// "veinte treinta" is none.
std::optional<std::uint64_t> number_of(std::span<const std::string_view> words, Spelling spelling);

/// True where the words differ by at most one inserted, missing or wrong letter.
bool is_almost(std::string_view a, std::string_view b);

}  // namespace civicum::fields
