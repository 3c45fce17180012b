// SPDX-License-Identifier: GPL-3.0-or-later
#include "document/pdf_pages.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/page.h"
#include "document/library_errors.h"
#include "document/pdf_image.h"

namespace civicum {
namespace {

/// Poppler's own walk has to follow as well.
constexpr std::size_t plain_depth_max = 64;

constexpr std::array<const char*, 4> inheritable = {"Resources", "MediaBox", "CropBox", "Rotate"};
using Inherited = std::array<Object, inheritable.size()>;

/// 0 where it makes no sense.
std::uint32_t declared_count(const Object& branch) {
  const Object count = branch.dictLookup("Count");
  const bool is_sane = count.isNum() && count.getNum() > 0 && count.getNum() <= document_pages_max;
  return is_sane ? static_cast<std::uint32_t>(count.getNum()) : 0;
}

/// Where an entry is anything else, Poppler refuses its page and all behind it.
bool is_list(const Object& entry) { return entry.isRef() || entry.isArray() || entry.isNull(); }

/// Of a node without kids: some files leave out or misspell the type.
bool is_page(const Object& node) {
  const Object type = node.dictLookup("Type");
  return !type.isName() || type.isName("Page") || node.getDict()->hasKey("Contents");
}

/// One walk down the tree, kid by kid, with the branches that are open.
class PageTreeWalk {
 public:
  struct Leaf {
    Object place;        ///< its reference, or itself where it is written in its place; null: lost
    std::size_t branch;  ///< into inherited()
  };

  PageTreeWalk(const Object& place, const Object& root) {
    enter(place, root);
    while (!open_.empty() && leaves_.size() <= document_pages_max) step();
    const std::uint32_t declared = declared_count(root);
    is_plain_ = is_plain_ && declared == leaves_.size();
    if (loss_at_ && declared > leaves_.size()) lose(declared - leaves_.size());
  }

  /// As Poppler sees it too.
  bool is_plain() const { return is_plain_; }
  const std::vector<Leaf>& leaves() const { return leaves_; }
  const Inherited& inherited(const Leaf& leaf) const { return inherited_[leaf.branch]; }

 private:
  struct Branch {
    Object kids;
    std::size_t index = 0;  ///< into inherited_
    int next = 0;
  };

  /// `place` is where the node is named.
  void enter(const Object& place, const Object& node) {
    Object kids = node.dictLookup("Kids");
    if (!kids.isArray()) {
      is_plain_ = is_plain_ && is_list(node.dictLookupNF("Annots"));
      const bool is_whole = is_page(node) && is_list(node.dictLookupNF("Contents"));
      if (is_whole) return leaves_.push_back({place.copy(), branch_index()});
      return note_loss(std::max(1U, declared_count(node)));
    }
    // What stands twice in the tree, perhaps among its own kids, is entered once.
    if (place.isRef() && !seen_.insert(place.getRef()).second) return note_loss(0);
    is_plain_ = is_plain_ && open_.size() < plain_depth_max;
    inherited_.push_back(inherited_by(node));
    open_.push_back({std::move(kids), inherited_.size() - 1});
  }

  std::size_t branch_index() const { return open_.empty() ? 0 : open_.back().index; }

  Inherited inherited_by(const Object& branch) const {
    Inherited values;
    for (std::size_t i = 0; i < inheritable.size(); ++i) {
      const Object& own = branch.dictLookupNF(inheritable[i]);
      if (!own.isNull()) values[i] = own.copy();
      if (own.isNull() && !open_.empty()) values[i] = inherited_[branch_index()][i].copy();
    }
    return values;
  }

  void step() {
    Branch& branch = open_.back();
    if (branch.next >= branch.kids.arrayGetLength()) return open_.pop_back();
    const Object& place = branch.kids.arrayGetNF(branch.next);
    const Object node = branch.kids.arrayGet(branch.next++);
    is_plain_ = is_plain_ && place.isRef();
    return node.isDict() ? enter(place, node) : note_loss(1);
  }

  void note_loss(std::size_t pages) {
    is_plain_ = false;
    loss_at_ = leaves_.size();
    lose(pages);
  }

  void lose(std::size_t pages) {
    constexpr std::size_t leaves_max = document_pages_max + 1;
    const std::size_t room = leaves_max - std::min(leaves_.size(), leaves_max);
    std::vector<Leaf> lost;
    for (std::size_t i = 0; i < std::min(pages, room); ++i) lost.push_back({Object(objNull), 0});
    leaves_.insert(leaves_.begin() + static_cast<std::ptrdiff_t>(*loss_at_),
                   std::make_move_iterator(lost.begin()), std::make_move_iterator(lost.end()));
  }

  std::vector<Branch> open_;
  std::vector<Leaf> leaves_;
  std::vector<Inherited> inherited_;
  std::set<Ref> seen_;
  std::optional<std::size_t> loss_at_;  ///< where pages were lost last
  bool is_plain_ = true;
};

/// Where Poppler finds the leaf from now on, with what it inherits.
Ref place_of(XRef& xref, const PageTreeWalk::Leaf& leaf, const Inherited& inherited) {
  Object page = leaf.place.isRef() ? xref.fetch(leaf.place.getRef()) : leaf.place.copy();
  bool has_changed = false;
  for (std::size_t i = 0; i < inheritable.size(); ++i) {
    if (inherited[i].isNull() || page.getDict()->hasKey(inheritable[i])) continue;
    page.dictSet(inheritable[i], inherited[i].copy());
    has_changed = true;
  }
  if (!is_list(page.dictLookupNF("Annots"))) {
    page.getDict()->remove("Annots");
    has_changed = true;
  }
  if (!leaf.place.isRef()) return xref.addIndirectObject(page);
  if (has_changed) xref.setModifiedObject(&page, leaf.place.getRef());
  return leaf.place.getRef();
}

/// A tree of one branch in the catalog, in memory, before Poppler walks it.
void make_plain(XRef& xref, Object catalog, const PageTreeWalk& walk) {
  auto* lost = new Dict(&xref);
  lost->add("Type", Object(objName, "Page"));
  const Ref lost_place = xref.addIndirectObject(Object(lost));
  auto* kids = new Array(&xref);
  for (const PageTreeWalk::Leaf& leaf : walk.leaves()) {
    kids->add(
        Object(leaf.place.isNull() ? lost_place : place_of(xref, leaf, walk.inherited(leaf))));
  }
  auto* root = new Dict(&xref);
  root->add("Type", Object(objName, "Pages"));
  root->add("Count", Object(static_cast<int>(walk.leaves().size())));
  root->add("Kids", Object(kids));
  catalog.dictSet("Pages", Object(xref.addIndirectObject(Object(root))));
  xref.setModifiedObject(&catalog, xref.getRoot());
}

}  // namespace

PageList list_pages(PDFDoc& doc) {
  PageList pages;
  Object catalog = doc.getXRef()->getCatalog();
  const Object root = catalog.isDict() ? catalog.dictLookup("Pages") : Object(objNull);
  if (!root.isDict()) {
    pages.count = static_cast<std::uint32_t>(std::max(0, doc.getNumPages()));
    return pages;
  }
  const PageTreeWalk walk(catalog.dictLookupNF("Pages"), root);
  pages.count = static_cast<std::uint32_t>(walk.leaves().size());
  for (std::uint32_t i = 0; i < pages.count; ++i) {
    if (walk.leaves()[i].place.isNull()) pages.lost.insert(i);
  }
  if (!walk.is_plain()) make_plain(*doc.getXRef(), std::move(catalog), walk);
  return pages;
}

bool drop_missing_contents(Page& page) {
  Object contents = page.getContents();
  if (!contents.isArray()) return false;
  bool has_lost = false;
  bool has_changed = false;
  for (int i = contents.arrayGetLength() - 1; i >= 0; --i) {
    if (contents.arrayGet(i).isStream()) continue;
    has_lost = has_lost || !contents.arrayGetNF(i).isNull();
    contents.getArray()->remove(i);
    has_changed = true;
  }
  XRef& xref = *page.getDoc()->getXRef();
  const Object dict = xref.fetch(page.getRef());
  const Object& place = dict.isDict() ? dict.dictLookupNF("Contents") : contents;
  if (has_changed && place.isRef()) xref.setModifiedObject(&contents, place.getRef());
  return has_lost;
}

std::string contents_of(Page& page) {
  constexpr std::size_t contents_bytes_max = std::size_t{16} << 20;
  const Object contents = page.getContents();
  std::string bytes;
  const auto append = [&bytes](const Object& stream) {
    if (!stream.isStream()) return;
    for_each_part(*stream.getStream(), [&bytes](std::span<unsigned char> part) {
      bytes.append(reinterpret_cast<const char*>(part.data()), part.size());
      return bytes.size() < contents_bytes_max;
    });
    bytes += '\n';
  };
  append(contents);
  for (int i = 0; contents.isArray() && i < contents.arrayGetLength(); ++i) {
    if (bytes.size() < contents_bytes_max) append(contents.arrayGet(i));
  }
  return bytes.size() < contents_bytes_max ? bytes : std::string();
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

bool lacks_contents(Page& page) {
  const Object contents = page.getContents();
  if (contents.isStream() || contents.isArray()) return false;
  const Object dict = page.getDoc()->getXRef()->fetch(page.getRef());
  return dict.isDict() && !dict.dictLookupNF("Contents").isNull();
}

}  // namespace civicum
