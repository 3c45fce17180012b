// SPDX-License-Identifier: GPL-3.0-or-later
// Looks at a file's first bytes and hands it to the implementation that reads it.
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "document/document.h"
#include "document/image_document.h"
#include "document/image_header.h"
#include "document/library_errors.h"
#include "document/pdf_document.h"
#include "document/tiff_bands.h"
#include "os/fd.h"

namespace civicum {
namespace {

/// Where Adobe's readers, and Poppler, look for "%PDF-".
constexpr std::size_t pdf_header_area = 1024;

/// Some writers lose the header; what stands at a PDF's end tells it as well.
bool has_pdf_end(int fd) {
  constexpr off_t end_area = 1024;
  struct stat facts {};
  if (fstat(fd, &facts) != 0) return false;
  std::array<char, end_area> end{};
  const auto from = static_cast<std::uint64_t>(std::max<off_t>(0, facts.st_size - end_area));
  const Result<std::size_t> size = pread_all(fd, end, from);
  return size && std::string_view(end.data(), *size).find("startxref") != std::string_view::npos;
}

}  // namespace

void prepare_document_libraries() {
  library_errors::watch_leptonica();
  watch_tiff();
  prepare_poppler();
}

OpenedDocument open_document(int fd, const std::string& password) {
  prepare_document_libraries();
  library_errors::begin_page();
  std::array<char, pdf_header_area> start{};
  const Result<std::size_t> size = pread_all(fd, start, 0);
  if (!size) return OpenFailure{OpenError::Damaged, size.error().what};
  if (*size == 0) return OpenFailure{OpenError::Empty, "the file has no bytes"};
  const std::string_view head(start.data(), *size);
  if (image_type_of(head)) return open_image(fd);
  const bool is_pdf = head.find("%PDF-") != std::string_view::npos || has_pdf_end(fd);
  if (is_pdf) return open_pdf(fd, password);
  return OpenFailure{OpenError::NotADocument, "neither a PDF nor a JPEG, PNG or TIFF image"};
}

}  // namespace civicum
