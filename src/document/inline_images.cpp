// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/inline_images.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "document/coded_check.h"
#include "document/library_errors.h"
#include "document/qpdf_api.h"

namespace civicum {
namespace {

using Token = QPDFTokenizer::Token;
/// By the short names of keys; the first token of each value.
using Entries = std::map<std::string, std::string>;

constexpr std::uint64_t side_max = 100'000;
const char* const several_filters = "several";
constexpr std::size_t tokens_max = 5'000'000;

std::string short_name(const std::string& key) {
  static const std::map<std::string, std::string> names = {
      {"/Width", "/W"},       {"/Height", "/H"}, {"/BitsPerComponent", "/BPC"},
      {"/ColorSpace", "/CS"}, {"/Filter", "/F"}, {"/ImageMask", "/IM"}};
  const auto found = names.find(key);
  return found == names.end() ? key : found->second;
}

std::optional<std::uint64_t> channels_of(const std::string& colours) {
  if (colours == "/G" || colours == "/DeviceGray" || colours == "/I" || colours == "/Indexed") {
    return 1;
  }
  if (colours == "/RGB" || colours == "/DeviceRGB") return 3;
  if (colours == "/CMYK" || colours == "/DeviceCMYK") return 4;
  return std::nullopt;
}

std::string text_of(const Entries& entries, const std::string& key) {
  const auto found = entries.find(key);
  return found == entries.end() ? std::string() : found->second;
}

std::uint64_t number_of(const Entries& entries, const std::string& key) {
  const std::string text = text_of(entries, key);
  return text.size() <= 6 ? std::strtoul(text.c_str(), nullptr, 10) : 0;
}

/// Bytes of the decoded picture; empty where its colours are defined elsewhere.
std::optional<std::uint64_t> size_of(const Entries& entries) {
  const bool is_mask = text_of(entries, "/IM") == "true";
  const std::optional<std::uint64_t> channels =
      is_mask ? std::optional<std::uint64_t>(1) : channels_of(text_of(entries, "/CS"));
  const std::uint64_t bits = is_mask ? 1 : number_of(entries, "/BPC");
  const std::uint64_t width = number_of(entries, "/W");
  const std::uint64_t height = number_of(entries, "/H");
  if (!channels || bits > 16 || width > side_max || height > side_max) return std::nullopt;
  return (width * bits * *channels + 7) / 8 * height;
}

class InlineImageCheck {
 public:
  explicit InlineImageCheck(const std::string& contents)
      : contents_(contents), input_(std::make_shared<BufferInputSource>("contents", contents)) {
    tokenizer_.allowEOF();
  }

  void run() {
    for (std::size_t i = 0; i < tokens_max; ++i) {
      const Token token = next();
      if (token.getType() == QPDFTokenizer::tt_eof) return;
      if (token.isWord("BI")) check(entries());
    }
  }

 private:
  Token next() { return tokenizer_.readToken(input_, "contents", true); }

  /// Up to ID, behind which the data begin.
  Entries entries() {
    Entries found;
    std::string key;
    int depth = 0;
    for (Token token = next(); !token.isWord("ID"); token = next()) {
      const QPDFTokenizer::token_type_e type = token.getType();
      if (type == QPDFTokenizer::tt_eof) return {};
      const bool is_outside = depth == 0;
      if (type == QPDFTokenizer::tt_array_open || type == QPDFTokenizer::tt_dict_open) ++depth;
      if (type == QPDFTokenizer::tt_array_close || type == QPDFTokenizer::tt_dict_close) --depth;
      if (type == QPDFTokenizer::tt_array_open) continue;
      if (is_outside && key.empty()) {
        key = short_name(token.getValue());
        continue;
      }
      const bool is_new = found.emplace(key, token.getValue()).second;
      if (!is_new && type == QPDFTokenizer::tt_name && key == "/F") found[key] = several_filters;
      if (depth == 0) key.clear();
    }
    return found;
  }

  void check(const Entries& entries) {
    const std::optional<std::uint64_t> size = size_of(entries);
    const std::string filter = text_of(entries, "/F");
    const auto begin = static_cast<std::size_t>(input_->tell()) + 1;
    input_->seek(static_cast<qpdf_offset_t>(begin), SEEK_SET);
    if (size && filter.empty() && is_end_at(begin + *size)) {
      input_->seek(static_cast<qpdf_offset_t>(*size), SEEK_CUR);
      return;
    }
    tokenizer_.expectInlineImage(input_);
    const Token data = next();
    if (data.getType() != QPDFTokenizer::tt_inline_image) {
      library_errors::note_error("a picture among the page's instructions has no end");
      return;
    }
    const std::string& bytes = data.getValue();
    if (filter.empty()) return check_size(bytes.size(), size.value_or(0));
    if (filter == "/DCT" || filter == "/DCTDecode") return check_jpeg(bytes);
    if (filter == "/Fl" || filter == "/FlateDecode") return check_flate(bytes, size.value_or(0));
  }

  /// EI behind white space.
  bool is_end_at(std::size_t at) const {
    constexpr std::size_t spaces_max = 3;
    const std::string_view rest =
        std::string_view(contents_).substr(std::min(at, contents_.size()));
    const std::size_t mark = rest.find_first_not_of(std::string_view(" \r\n\t\0", 5));
    return mark <= spaces_max && rest.substr(mark, 2) == "EI";
  }

  static void check_size(std::uint64_t bytes, std::uint64_t size) {
    if (bytes < size) {
      library_errors::note_error("a picture among the page's instructions ends after " +
                                 std::to_string(bytes) + " of " + std::to_string(size) + " bytes");
    }
  }

  static void check_jpeg(const std::string& bytes) {
    if (!is_jpeg_whole(bytes)) {
      library_errors::note_error("a JPEG among the page's instructions is broken or ends early");
    }
  }

  static void check_flate(const std::string& bytes, std::uint64_t size) {
    FlateCheck flate(size + 1);
    flate.feed({reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()});
    if (!flate.is_sound()) {
      library_errors::note_error("deflated data among the page's instructions are broken");
    }
    check_size(flate.decoded(), size);
  }

  const std::string& contents_;
  std::shared_ptr<BufferInputSource> input_;
  QPDFTokenizer tokenizer_;
};

}  // namespace

void check_inline_images(const std::string& contents) {
  try {
    InlineImageCheck(contents).run();
  } catch (const QPDFExc& failure) {
    library_errors::note(failure.what());
  }
}

}  // namespace civicum
