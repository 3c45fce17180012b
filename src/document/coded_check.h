// SPDX-License-Identifier: GPL-3.0-or-later
// Are a picture's coded data whole? Decoders go on behind broken data and say so only here.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <span>
#include <string_view>

namespace civicum {

/// False where libjpeg warns of broken data, data that are left over or that end early (ITU T.81).
/// Decodes at an eighth of the size; keeps one row.
bool is_jpeg_whole(std::string_view bytes);

/// False where a segment is cut off, or none holds a picture (ITU T.88 §7.2, as embedded in PDF).
/// What lies within the segments is the decoder's.
bool is_jbig2_whole(std::string_view bytes);

/// Checks deflated data (RFC 1950, checksum included) piece by piece.
class FlateCheck {
 public:
  /// What comes beyond `enough` decoded bytes is not looked at.
  explicit FlateCheck(std::uint64_t enough);
  ~FlateCheck();
  FlateCheck(const FlateCheck&) = delete;
  FlateCheck& operator=(const FlateCheck&) = delete;

  /// False once nothing more needs to be fed.
  bool feed(std::span<const unsigned char> bytes);
  /// False where the data are not deflated data, or their checksum is another.
  bool is_sound() const { return code_ == Z_OK || code_ == Z_STREAM_END; }
  bool has_ended() const { return code_ == Z_STREAM_END; }
  std::uint64_t decoded() const { return decoded_; }

 private:
  z_stream stream_{};
  std::uint64_t enough_;
  std::uint64_t decoded_ = 0;
  int code_ = Z_OK;
};

}  // namespace civicum
