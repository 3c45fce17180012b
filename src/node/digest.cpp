// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/digest.h"

#include <openssl/evp.h>

#include <array>

#include "os/fd.h"

namespace civicum {
namespace {

constexpr std::size_t piece_size = std::size_t{1} << 20;

}  // namespace

void FileDigest::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

FileDigest::FileDigest(int fd) : fd_(fd), context_(EVP_MD_CTX_new()), buffer_(piece_size) {
  ENSURE(context_ && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1);
}

Result<std::optional<std::string>> FileDigest::step() {
  const std::size_t size = TRY(pread_all(fd_, buffer_, offset_));
  ENSURE(EVP_DigestUpdate(context_.get(), buffer_.data(), size) == 1);
  offset_ += size;
  if (size == buffer_.size()) return std::optional<std::string>();
  std::array<unsigned char, 32> digest{};
  ENSURE(EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) == 1);
  constexpr std::string_view hex = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : digest) {
    text += hex[byte >> 4];
    text += hex[byte & 15];
  }
  return std::optional(std::move(text));
}

Result<ContentId> digest_whole(int fd) {
  FileDigest digest(fd);
  std::optional<std::string> sha256;
  while (!sha256) sha256 = TRY(digest.step());
  return ContentId{*std::move(sha256), digest.size()};
}

}  // namespace civicum
