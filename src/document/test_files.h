// SPDX-License-Identifier: GPL-3.0-or-later
// Documents that the tests of this house make themselves, in memory.
#pragma once

#include <sys/mman.h>

#include <string>
#include <utility>
#include <vector>

#include "document/document.h"
#include "os/fd.h"

namespace civicum::test {

inline Fd file_of(const std::string& bytes) {
  Fd file(memfd_create("document", MFD_CLOEXEC));
  ENSURE(file && write_all(file.get(), bytes));
  return file;
}

/// Object 1 is the catalog.
class PdfMaker {
 public:
  int add(std::string body) {
    bodies_.push_back(std::move(body));
    return static_cast<int>(bodies_.size());
  }
  int add_stream(const std::string& dict, const std::string& content) {
    return add("<<" + dict + "/Length " + std::to_string(content.size()) + ">>\nstream\n" +
               content + "\nendstream");
  }
  std::string bytes() const {
    std::string pdf = "%PDF-1.7\n";
    std::vector<std::size_t> offsets;
    for (std::size_t i = 0; i < bodies_.size(); ++i) {
      offsets.push_back(pdf.size());
      pdf += std::to_string(i + 1) + " 0 obj\n" + bodies_[i] + "\nendobj\n";
    }
    const std::size_t xref = pdf.size();
    pdf += "xref\n0 " + std::to_string(bodies_.size() + 1) + "\n0000000000 65535 f \n";
    for (const std::size_t offset : offsets) {
      std::string digits = std::to_string(offset);
      digits.insert(0, 10 - digits.size(), '0');
      pdf += digits + " 00000 n \n";
    }
    pdf += "trailer\n<</Size " + std::to_string(bodies_.size() + 1) + "/Root 1 0 R>>\nstartxref\n" +
           std::to_string(xref) + "\n%%EOF\n";
    return pdf;
  }

 private:
  std::vector<std::string> bodies_;
};

struct OnePage {
  std::string content;
  std::string page_entries = "/MediaBox[0 0 600 800]";
  std::string image_dict = {};  ///< empty: no image; else it is /Im0
  std::string image_bytes = {};
  std::string resources = {};  ///< more of them
  std::string encoding = "/WinAnsiEncoding";
};

/// A page with Helvetica as /F0.
inline std::string one_page_pdf(const OnePage& page) {
  PdfMaker pdf;
  pdf.add("<</Type/Catalog/Pages 2 0 R>>");
  pdf.add("<</Type/Pages/Kids[3 0 R]/Count 1>>");
  const std::string image = page.image_dict.empty() ? "" : "/XObject<</Im0 6 0 R>>";
  pdf.add("<</Type/Page/Parent 2 0 R/Contents 4 0 R" + page.page_entries +
          "/Resources<</Font<</F0 5 0 R>>" + image + page.resources + ">>>>");
  pdf.add_stream("", page.content);
  pdf.add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding" + page.encoding + ">>");
  if (!page.image_dict.empty()) {
    pdf.add_stream("/Type/XObject/Subtype/Image" + page.image_dict, page.image_bytes);
  }
  return pdf.bytes();
}

/// A file and the document that reads it.
struct Opened {
  Fd file;
  OpenedDocument document;

  explicit Opened(const std::string& bytes, const std::string& password = {})
      : file(file_of(bytes)), document(open_document(file.get(), password)) {}
  bool is_open() const { return document.index() == 0; }
  OpenError error() const { return std::get<OpenFailure>(document).reason; }
  Document& operator*() { return *std::get<0>(document); }
  Document* operator->() { return std::get<0>(document).get(); }
};

}  // namespace civicum::test
