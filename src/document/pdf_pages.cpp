// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/pdf_pages.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "base/page.h"
#include "document/library_errors.h"
#include "document/pdf_image.h"

namespace civicum {
namespace {

constexpr std::size_t tree_depth_max = 64;

/// One walk down the tree, kid by kid, with the branches that are open.
class PageTreeWalk {
 public:
  explicit PageTreeWalk(const Object& root) { enter(Object(objNull), root); }

  std::uint32_t count() {
    while (!branches_.empty() && leaves_ <= document_pages_max) step();
    return leaves_;
  }
  bool is_branch_missing() const { return is_branch_missing_; }

 private:
  struct Branch {
    Object kids;
    int next = 0;
  };

  /// `place` is where the node is named.
  void enter(const Object& place, const Object& node) {
    Object kids = node.dictLookup("Kids");
    if (!kids.isArray()) {
      ++leaves_;
    } else if (branches_.size() < tree_depth_max &&
               (!place.isRef() || seen_.insert(place.getRef()).second)) {
      branches_.push_back({std::move(kids)});
    }
  }

  void step() {
    Branch& branch = branches_.back();
    if (branch.next >= branch.kids.arrayGetLength()) return branches_.pop_back();
    const Object& place = branch.kids.arrayGetNF(branch.next);
    const Object node = branch.kids.arrayGet(branch.next++);
    if (node.isDict()) return enter(place, node);
    is_branch_missing_ = true;
    ++leaves_;
  }

  std::vector<Branch> branches_;
  std::set<Ref> seen_;  ///< a branch among its own kids is entered once
  std::uint32_t leaves_ = 0;
  bool is_branch_missing_ = false;
};

/// 0 where it makes no sense.
std::uint32_t declared_count(const Object& root) {
  const Object count = root.dictLookup("Count");
  const bool is_sane = count.isNum() && count.getNum() > 0 && count.getNum() <= document_pages_max;
  return is_sane ? static_cast<std::uint32_t>(count.getNum()) : 0;
}

/// Poppler's catalog gives no page beyond /Count: it is set right in memory, before it is asked.
void correct_count(PDFDoc& doc, const Object& place, Object root, std::uint32_t count) {
  if (!place.isRef()) return;
  root.dictSet("Count", Object(static_cast<int>(count)));
  doc.getXRef()->setModifiedObject(&root, place.getRef());
}

}  // namespace

std::uint32_t count_pages(PDFDoc& doc) {
  Object catalog = doc.getXRef()->getCatalog();
  Object root = catalog.isDict() ? catalog.dictLookup("Pages") : Object(objNull);
  if (!root.isDict()) return static_cast<std::uint32_t>(std::max(0, doc.getNumPages()));
  PageTreeWalk walk(root);
  const std::uint32_t found = walk.count();
  const std::uint32_t declared = declared_count(root);
  const std::uint32_t count = walk.is_branch_missing() ? std::max(found, declared) : found;
  if (count != declared) correct_count(doc, catalog.dictLookupNF("Pages"), std::move(root), count);
  return count;
}

std::string balance_states(Page& page) {
  constexpr std::size_t states = 256;
  constexpr std::size_t contents_bytes_max = std::size_t{4} << 20;
  XRef& xref = *page.getDoc()->getXRef();
  const Object dict = xref.fetch(page.getRef());
  if (!dict.isDict()) return {};
  const Object& named = dict.dictLookupNF("Contents");
  const Object contents = dict.dictLookup("Contents");
  const bool is_list = contents.isArray() && contents.arrayGetLength() > 0;
  const Object& place = is_list ? contents.arrayGetNF(0) : named;
  Object first = is_list ? contents.arrayGet(0) : contents.copy();
  if (!place.isRef() || !first.isStream()) return {};
  const Result<std::string> stored = stored_bytes(*first.getStream());
  if (!stored || stored->size() > contents_bytes_max) return {};
  std::string bytes;
  for (std::size_t i = 0; i < states; ++i) bytes += "q\n";
  bytes += *stored;
  auto* stream =
      new MemStream(bytes.data(), 0, static_cast<Goffset>(bytes.size()), Object(new Dict(&xref)));
  const Object balanced(static_cast<Stream*>(stream));
  xref.setModifiedObject(&balanced, place.getRef());
  return bytes;
}

void note_missing_contents(Page& page) {
  const Object contents = page.getContents();
  bool is_whole = contents.isStream() || contents.isArray();
  for (int i = 0; contents.isArray() && i < contents.arrayGetLength(); ++i) {
    is_whole = is_whole && contents.arrayGet(i).isStream();
  }
  if (is_whole) return;
  const Object dict = page.getDoc()->getXRef()->fetch(page.getRef());
  const bool has_contents = dict.isDict() && !dict.dictLookupNF("Contents").isNull();
  if (has_contents) library_errors::note_error("a content stream of the page is missing");
}

}  // namespace civicum
