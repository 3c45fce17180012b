// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/record.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/json.h"
#include "node/record_json.h"
#include "os/fd.h"

namespace civicum {
namespace {

// A step of 16 pages of text takes about 10 ms.
constexpr std::uint32_t pages_per_step = 16;
constexpr std::size_t flush_bytes = std::size_t{64} << 10;

bool is_damaged(const PageReading& reading) {
  return reading.degraded && reading.degraded->reason == "damaged";
}

void append_page_markdown(std::string& out, std::uint32_t page_number, const PageReading& reading) {
  out += "\n## Página " + std::to_string(page_number) + "\n\n";
  if (is_damaged(reading)) out += "*(dañada: falta una parte de la página)*\n\n";
  out += reading.is_blank ? "*(en blanco)*" : reading.content.text;
  out += '\n';
}

void append_gap_markdown(std::string& out, std::uint32_t page_number, const Gap& gap) {
  out += "\n## Página " + std::to_string(page_number) + "\n\n*(no leída: ";
  out += name_of(gap.reason);
  out += ", " + gap.detail + ")*\n";
}

}  // namespace

void append_markdown(std::string& out, std::uint32_t page_number, const StoredPage& page) {
  if (const auto* gap = std::get_if<Gap>(&page.outcome)) {
    append_gap_markdown(out, page_number, *gap);
  } else {
    append_page_markdown(out, page_number, std::get<PageReading>(page.outcome));
  }
}

RecordWriter::RecordWriter(Documents documents, DocumentId document, RecordHead head, Target target)
    : documents_(documents),
      document_(document),
      head_(std::move(head)),
      target_(std::move(target)) {
  if (head_.summary == SummaryChoice::Extract) summarizer_.emplace();
}

Result<RecordWriter> RecordWriter::begin(Documents documents, DocumentId document, RecordHead head,
                                         RecordPaths paths) {
  AtomicFile json = TRY(AtomicFile::create(std::move(paths.json)));
  AtomicFile markdown = TRY(AtomicFile::create(std::move(paths.markdown)));
  RecordWriter writer(documents, document, std::move(head),
                      Files{std::move(json), std::move(markdown)});
  (void)TRY(writer.write_head());
  return writer;
}

Result<RecordWriter> RecordWriter::begin(Documents documents, DocumentId document, RecordHead head,
                                         int record_fd) {
  RecordWriter writer(documents, document, std::move(head), record_fd);
  (void)TRY(writer.write_head());
  return writer;
}

Status RecordWriter::write_head() {
  const std::vector<std::uint32_t> gaps = TRY(documents_.gap_pages(document_));
  const std::uint32_t ended = TRY(documents_.count_ended(document_));
  counts_.gaps = static_cast<std::uint32_t>(gaps.size());
  counts_.pages_read = ended - counts_.gaps;
  if (ended != head_.page_count && head_.completeness == Completeness::Whole) {
    return Error{ErrorKind::Corrupt, head_.file + ": " + std::to_string(ended) + " of " +
                                         std::to_string(head_.page_count) + " pages in the store"};
  }
  JsonWriter json(json_text_);
  json.begin_object().member("record_version", std::uint32_t{record_version});
  json.member("file", std::string_view(head_.file)).member("type", name_of(head_.type));
  json.member("sha256", std::string_view(head_.sha256));
  json.key("options").begin_object().member("lang", std::string_view(head_.lang));
  json.member("dpi", head_.dpi.value).end_object();
  if (head_.completeness == Completeness::Interrupted) json.member("interrupted", true);
  json.member("pages_in", head_.page_count).member("pages_read", counts_.pages_read);
  json.key("gaps").begin_array().end_array();
  json_text_.pop_back();
  bool is_first = true;
  for (const std::uint32_t page_index : gaps) {
    const std::optional<StoredPage> page = TRY(documents_.load_page(document_, page_index));
    if (!std::exchange(is_first, false)) json_text_ += ',';
    append_gap(json_text_, page_index + 1, std::get<Gap>(page->outcome));
    (void)TRY(flush());
  }
  json_text_ += "],\n\"pages\":[";
  markdown_text_ += "# " + head_.file + "\n";
  return Done{};
}

Result<bool> RecordWriter::step() {
  for (std::uint32_t i = 0; i < pages_per_step && phase_ != Phase::End; ++i) (void)TRY(step_page());
  if (phase_ != Phase::End) return true;
  (void)TRY(write_end());
  return false;
}

Status RecordWriter::step_page() {
  if (next_page_ == head_.page_count) return next_in_phase();
  const std::uint32_t page_index = next_page_++;
  if (phase_ == Phase::Pages) {
    (void)TRY(write_page(page_index));
  } else {
    (void)TRY(write_fields(page_index));
  }
  return flush();
}

Status RecordWriter::next_in_phase() {
  if (phase_ == Phase::Pages) {
    json_text_ += "],\n\"fields\":[";
    phase_ = Phase::Fields;
    next_page_ = 0;
    is_first_item_ = true;
  } else {
    json_text_ += "],\n\"summary\":";
    phase_ = Phase::End;
  }
  return Done{};
}

Status RecordWriter::write_page(std::uint32_t page_index) {
  const std::optional<StoredPage> page = TRY(documents_.load_page(document_, page_index));
  if (!page) return Done{};  // interrupted before it ended
  if (const auto* gap = std::get_if<Gap>(&page->outcome)) {
    append_gap_markdown(markdown_text_, page_index + 1, *gap);
    return Done{};
  }
  const auto& reading = std::get<PageReading>(page->outcome);
  json_text_ += std::exchange(is_first_item_, false) ? "\n" : ",\n";
  append_page(json_text_, page_index + 1, reading, *page);
  if (reading.degraded) ++counts_.degraded;
  if (is_damaged(reading)) ++counts_.damaged;
  append_page_markdown(markdown_text_, page_index + 1, reading);
  if (summarizer_) summarizer_->add_page(page_index, reading.content);
  return Done{};
}

Status RecordWriter::write_fields(std::uint32_t page_index) {
  const std::optional<StoredPage> page = TRY(documents_.load_page(document_, page_index));
  const auto* reading = page ? std::get_if<PageReading>(&page->outcome) : nullptr;
  if (reading == nullptr) return Done{};
  for (const Field& field : find_fields(reading->content, page_index)) {
    json_text_ += std::exchange(is_first_item_, false) ? "\n" : ",\n";
    append_field(json_text_, field);
  }
  return Done{};
}

Status RecordWriter::write_end() {
  if (summarizer_) {
    const Summary summary = std::move(*summarizer_).finish();
    JsonWriter json(json_text_);
    json.begin_object().member("engine", "extract").key("model").null();
    json.member("text", std::string_view(summary.text)).key("pages").begin_array();
    for (const std::uint32_t page : summary.pages) json.value(page);
    json.end_array().end_object();
  } else {
    json_text_ += "null";
  }
  json_text_ += "}\n";
  (void)TRY(write_out());
  auto* files = std::get_if<Files>(&target_);
  if (files == nullptr) return Done{};
  (void)TRY(files->markdown.commit());
  return files->json.commit();
}

Status RecordWriter::flush() {
  const bool is_full = json_text_.size() >= flush_bytes || markdown_text_.size() >= flush_bytes;
  return is_full ? write_out() : Status(Done{});
}

Status RecordWriter::write_out() {
  const std::string json = std::exchange(json_text_, {});
  const std::string markdown = std::exchange(markdown_text_, {});
  auto* files = std::get_if<Files>(&target_);
  if (files == nullptr) return write_all(std::get<int>(target_), json);
  (void)TRY(files->json.write(json));
  return files->markdown.write(markdown);
}

std::string failure_record(const std::string& file, std::string_view reason,
                           const std::string& detail) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("record_version", std::uint32_t{record_version});
  json.member("file", std::string_view(file));
  json.member("pages_in", std::uint32_t{0}).member("pages_read", std::uint32_t{0});
  json.key("pages").begin_array().end_array().key("gaps").begin_array().end_array();
  json.key("error").begin_object().member("reason", reason);
  json.member("detail", std::string_view(detail)).end_object().end_object();
  return text + "\n";
}

Status write_failure_record(const RecordPaths& paths, const std::string& file,
                            std::string_view reason, const std::string& detail) {
  AtomicFile record = TRY(AtomicFile::create(paths.json));
  AtomicFile markdown = TRY(AtomicFile::create(paths.markdown));
  (void)TRY(record.write(failure_record(file, reason, detail)));
  const std::string text =
      "# " + file + "\n\n*(no leído: " + std::string(reason) + ", " + detail + ")*\n";
  (void)TRY(markdown.write(text));
  (void)TRY(markdown.commit());
  return record.commit();
}

bool holds_whole_record(const std::string& path, const std::string& sha256) {
  const Result<Fd> file = open_file(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (!file) return false;
  std::array<char, 4096> head{};
  const Result<std::size_t> size = pread_all(file->get(), head, 0);
  if (!size) return false;
  // write_head() puts all of these before the first page.
  const std::string_view text(head.data(), *size);
  const bool is_ours = text.starts_with("{\"record_version\":") &&
                       text.find("\"sha256\":\"" + sha256 + "\"") != std::string_view::npos;
  const std::size_t counts = text.find("\"pages_in\":");
  return is_ours && counts != std::string_view::npos &&
         text.substr(0, counts).find("\"interrupted\":true") == std::string_view::npos;
}

}  // namespace civicum
