// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/read_display.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>

#include "base/text.h"
#include "cli/talk.h"

namespace civicum {
namespace {

using std::chrono::steady_clock;

constexpr auto line_interval = std::chrono::seconds(10);
constexpr auto speed_window = std::chrono::seconds(30);
constexpr std::size_t columns_default = 80;

std::size_t terminal_columns() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return columns_default;
  return size.ws_col;
}

std::string render_bar(double share, std::size_t width) {
  const auto full = static_cast<std::size_t>(share * static_cast<double>(width));
  std::string bar;
  for (std::size_t i = 0; i < width; ++i) bar += i < full ? "█" : "░";
  return bar;
}

std::string render_time(double seconds) {
  if (seconds < 90) return fmt::format("{:.0f} s", seconds);
  if (seconds < 5400) return fmt::format("{:.0f} min", seconds / 60);
  return fmt::format("{:.1f} h", seconds / 3600);
}

/// At most `columns` code points.
std::string fit(std::string_view text, std::size_t columns) {
  std::string out;
  std::size_t count = 0;
  for (const char c : text) {
    const bool is_start = (static_cast<std::uint8_t>(c) & 0xC0) != 0x80;
    if (is_start && ++count > columns) break;
    out += c;
  }
  return out;
}

}  // namespace

std::string render_bytes(Bytes bytes) {
  const auto count = static_cast<double>(bytes.count);
  if (bytes >= gib(1)) return fmt::format("{:.1f} GiB", count / 1024 / 1024 / 1024);
  return fmt::format("{:.0f} MiB", count / 1024 / 1024);
}

std::vector<std::string> render_progress(const ReadSnapshot& now, double pages_per_minute,
                                         std::size_t columns) {
  std::vector<std::string> lines;
  if (!now.current.empty() && now.current_pages > 0) {
    const double share = static_cast<double>(now.current_done) / now.current_pages;
    lines.push_back(fit(fmt::format("{} page {} of {}  {}", render_bar(share, 20), now.current_done,
                                    now.current_pages, now.current),
                        columns));
  }
  std::string line = fmt::format("{} of {} documents · {} pages", now.documents_done, now.documents,
                                 now.pages_read_now);
  if (pages_per_minute > 0) {
    line += fmt::format(" · {:.0f} pages/min", pages_per_minute);
    if (now.pages_waiting > 0) {
      const double left = static_cast<double>(now.pages_waiting) * 60 / pages_per_minute;
      line += fmt::format(" · {} left", render_time(left));
    }
  }
  line +=
      fmt::format(" · {} of {}", render_bytes(now.memory_used), render_bytes(now.memory_budget));
  if (now.gaps > 0) line += fmt::format(" · {} gaps", now.gaps);
  lines.push_back(fit(line, columns));
  return lines;
}

std::string render_outcome(const DocumentOutcome& outcome) {
  if (outcome.state == DocumentState::Failed) {
    return fmt::format("{}: not read ({}): {}", outcome.file, outcome.reason, outcome.detail);
  }
  std::string line =
      fmt::format("{}: {} of {} pages", outcome.file, outcome.pages_read, outcome.pages_in);
  if (outcome.gaps > 0) line += fmt::format(", {} gaps", outcome.gaps);
  const std::uint32_t lowered = outcome.degraded - outcome.damaged;
  if (lowered > 0) line += fmt::format(", {} degraded", lowered);
  if (outcome.damaged > 0) line += fmt::format(", {} damaged and read in part", outcome.damaged);
  if (outcome.pages_kept > 0) line += fmt::format(", {} read before", outcome.pages_kept);
  if (outcome.state == DocumentState::Interrupted) line += ", interrupted";
  line += fmt::format(", {:.1f} s", static_cast<double>(outcome.elapsed.count()) / 1000);
  if (!outcome.markdown.empty()) line += " → " + outcome.markdown;
  if (!outcome.detail.empty()) line += "; " + outcome.detail;
  return line;
}

ReadDisplay::ReadDisplay(Verbosity verbosity)
    : style_(Style::Lines), last_line_(steady_clock::now()) {
  if (verbosity == Verbosity::Quiet) {
    style_ = Style::Silent;
  } else if (isatty(STDERR_FILENO) == 1) {
    style_ = Style::Live;
  }
}

void ReadDisplay::erase_block() {
  for (; block_lines_ > 0; --block_lines_) std::fputs("\x1b[1A\x1b[2K", stderr);
}

void ReadDisplay::say(const std::string& sentence) {
  erase_block();
  talk(sentence);
}

void ReadDisplay::on_document(const DocumentOutcome& outcome) {
  const bool is_error = outcome.state == DocumentState::Failed;
  const bool has_flaw = outcome.damaged > 0 || !outcome.detail.empty();
  if (is_error || has_flaw || style_ != Style::Silent) {
    say((is_error || style_ == Style::Silent ? "civicum: " : "") + render_outcome(outcome));
  }
  outcomes_.push_back(outcome);
}

void ReadDisplay::on_gap(const std::string& file, std::uint32_t page_number, const Gap& gap) {
  say(fmt::format("civicum: {}: page {} not read ({}): {}", file, page_number, name_of(gap.reason),
                  gap.detail));
}

double ReadDisplay::pages_per_minute(const ReadSnapshot& snapshot) {
  const auto now = steady_clock::now();
  recent_.emplace_back(now, snapshot.pages_read_now);
  while (recent_.size() > 2 && now - recent_.front().first > speed_window) recent_.pop_front();
  const std::chrono::duration<double> span = now - recent_.front().first;
  if (span.count() < 1) return 0;
  return static_cast<double>(snapshot.pages_read_now - recent_.front().second) * 60 / span.count();
}

void ReadDisplay::tick(const ReadSnapshot& snapshot) {
  if (style_ == Style::Silent) return;
  const double speed = pages_per_minute(snapshot);
  if (style_ == Style::Live) {
    erase_block();
    for (const std::string& line : render_progress(snapshot, speed, terminal_columns())) {
      talk(line);
      ++block_lines_;
    }
    return;
  }
  if (steady_clock::now() - last_line_ < line_interval) return;
  last_line_ = steady_clock::now();
  talk(render_progress(snapshot, speed, 200).back());
}

void ReadDisplay::finish() { erase_block(); }

}  // namespace civicum
