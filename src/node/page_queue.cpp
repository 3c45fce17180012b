// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/page_queue.h"

#include <algorithm>
#include <utility>

namespace civicum {

void PageQueue::start(std::vector<bool> settled) {
  settled_ = std::move(settled);
  next_ = 0;
  left_ = static_cast<std::uint32_t>(std::count(settled_.begin(), settled_.end(), false));
  skip_settled();
}

void PageQueue::add(std::uint32_t page_index) {
  ++left_;
  again_.emplace_back().page_index = page_index;
}

void PageQueue::skip_settled() {
  while (next_ < settled_.size() && settled_[next_]) ++next_;
}

std::optional<PageWork> PageQueue::take() {
  if (!again_.empty()) {
    PageWork work = std::move(again_.front());
    again_.pop_front();
    return work;
  }
  if (next_ >= settled_.size()) return std::nullopt;
  PageWork work;
  work.page_index = next_++;
  skip_settled();
  return work;
}

void PageQueue::put_back(PageWork work) { again_.push_back(std::move(work)); }

void PageQueue::finish_one() {
  ENSURE(left_ > 0);
  --left_;
}

bool PageQueue::has_waiting() const { return !again_.empty() || next_ < settled_.size(); }

}  // namespace civicum
