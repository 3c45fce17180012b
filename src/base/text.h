// SPDX-License-Identifier: GPL-3.0-or-later
// Small, pure operations on UTF-8 text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace civicum {

/// True where every byte belongs to a well-formed UTF-8 sequence (RFC 3629: no surrogates, no
/// overlong forms).
bool is_utf8(std::string_view text);

/// The text with NUL, other C0 controls but '\t' and '\n', and malformed bytes taken out
/// (malformed: U+FFFD each).
std::string clean_utf8(std::string_view text);

/// Appends a code point as UTF-8; surrogates and values above U+10FFFF become U+FFFD.
void append_utf8(std::string& out, char32_t code_point);

/// The code point at `at`, which moves behind it; empty where the byte there is malformed.
std::optional<char32_t> decode_utf8(std::string_view text, std::size_t& at);

/// At most `bytes_max` bytes, cut at a code point boundary.
std::string_view cut_utf8(std::string_view text, std::size_t bytes_max);

/// A message from a library or a file as one line of valid UTF-8, at most 1,000 bytes.
std::string one_line(std::string_view text);

/// The code points of well-formed UTF-8.
std::size_t count_code_points(std::string_view text);

}  // namespace civicum
