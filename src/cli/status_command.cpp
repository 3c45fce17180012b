// SPDX-License-Identifier: GPL-3.0-or-later
// `civicum status` and `civicum top`: how things stand in the process that owns a store's folder,
// by the line of JSON that its status.sock gives (ARCHITECTURE.md, "What scripts may rely on").
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <filesystem>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/parsing.h"
#include "cli/read_display.h"
#include "cli/store_options.h"
#include "cli/table.h"
#include "os/named_socket.h"

namespace civicum {
namespace {

namespace json = boost::json;

constexpr std::size_t line_bytes_max = std::size_t{4} << 20;
constexpr int answer_seconds_max = 5;
constexpr std::size_t events_shown = 5;
constexpr const char* clear_screen = "\x1b[H\x1b[2J";

struct StatusRequest {
  StorePlace place;
  double interval_s = 1;
  bool is_json = false;
};

/// Of the SQLite store that is meant: a worker on a server's store owns no folder.
Result<std::string> folder_of(const StorePlace& place) {
  constexpr std::string_view sqlite = "sqlite:";
  if (place.store.empty()) return place.data_folder;
  if (!place.store.starts_with(sqlite)) {
    return Error{ErrorKind::BadInput,
                 "a store on a server is owned by nobody: civicum jobs list --state running shows "
                 "its workers"};
  }
  const auto folder = std::filesystem::path(place.store.substr(sqlite.size())).parent_path();
  return folder.empty() ? std::string(".") : folder.string();
}

Result<std::string> ask(const std::string& folder) {
  Result<Fd> connection = connect_stream({folder, "status.sock"});
  if (!connection && connection.error().kind == ErrorKind::NotFound) {
    return Error{ErrorKind::Unavailable,
                 "nobody works in " + folder + " just now (civicum worker, civicum read)"};
  }
  const Fd fd = TRY(std::move(connection));
  const timeval patience{answer_seconds_max, 0};
  (void)setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  std::string line;
  std::array<char, 4096> piece{};
  while (line.size() < line_bytes_max) {
    const ssize_t count = read(fd.get(), piece.data(), piece.size());
    if (count < 0) {
      return os_failure(ErrorKind::TimedOut, "whoever works in " + folder + " does not answer",
                        errno);
    }
    if (count == 0) break;
    line.append(piece.data(), static_cast<std::size_t>(count));
  }
  return line;
}

/// Members by their names; what is missing or of another kind is empty.
class Node {
 public:
  explicit Node(const json::value* value) : value_(value) {}

  Node at(std::string_view name) const {
    const json::object* object = value_ != nullptr ? value_->if_object() : nullptr;
    return Node(object != nullptr ? object->if_contains(name) : nullptr);
  }
  std::vector<Node> items() const {
    std::vector<Node> all;
    const json::array* array = value_ != nullptr ? value_->if_array() : nullptr;
    if (array == nullptr) return all;
    for (const json::value& item : *array) all.emplace_back(&item);
    return all;
  }
  std::string text() const {
    if (value_ == nullptr) return "";
    if (const json::string* text = value_->if_string()) return std::string(text->c_str());
    return json::serialize(*value_);
  }
  std::string bytes() const {
    const auto count = number();
    return count ? render_bytes(Bytes{static_cast<std::uint64_t>(*count)}) : "";
  }
  std::optional<std::int64_t> number() const {
    const std::int64_t* number = value_ != nullptr ? value_->if_int64() : nullptr;
    return number != nullptr ? std::optional(*number) : std::nullopt;
  }
  explicit operator bool() const { return value_ != nullptr; }

 private:
  const json::value* value_;
};

std::string reason_of(const Node& waits) {
  if (!waits) return "";
  const std::string why = waits.at("why").text();
  if (why == "stalled") return "the machine stands still for memory";
  const std::string needed = waits.at("needed_bytes").bytes();
  const std::string free = waits.at("free_bytes").bytes();
  if (why == "turn") return fmt::format("an older page is first ({} free)", free);
  const char* where = why == "budget" ? "the budget" : "the machine";
  return fmt::format("needs {}, {} has {}", needed, where, free);
}

std::string render_readers(const Node& status) {
  std::vector<std::vector<std::string>> rows;
  for (const Node& reader : status.at("readers").items()) {
    rows.push_back({reader.at("pid").text(), reader.at("state").text(),
                    reader.at("held_bytes").bytes(), reader.at("expected_bytes").bytes(),
                    reader.at("limit_bytes").bytes(), reader.at("page").text(),
                    reader.at("file").text(), reason_of(reader.at("waits_for"))});
  }
  if (rows.empty()) return "no readers\n";
  return render_table(
      {">READER", "STATE", ">HOLDS", ">EXPECTED", ">LIMIT", ">PAGE", "FILE", "WAITS"}, rows);
}

std::string render_people(const std::string& line) {
  json::error_code failed;
  const json::value value = json::parse(line, failed);
  if (failed) return "what it says cannot be understood: " + line + "\n";
  const Node status(&value);
  const Node memory = status.at("memory");
  std::string text =
      fmt::format("{} {} · {} of {} held", status.at("kind").text(), status.at("pid").text(),
                  memory.at("held_bytes").bytes(), memory.at("budget_bytes").bytes());
  const std::string available = memory.at("available_bytes").bytes();
  if (!available.empty()) text += " · " + available + " available";
  if (memory.at("stalled_percent")) {
    text += " · stalled " + memory.at("stalled_percent").text() + " %";
  }
  const std::string cages = status.at("cages").text();
  text += cages.empty() ? " · NO CAGES: limits are watched, not kept by the kernel"
                        : " · cages: " + cages;
  text += " · " + status.at("pages_left").text() + " pages left\n\n" + render_readers(status);
  const std::vector<Node> events = status.at("events").items();
  const std::size_t first = events.size() - std::min(events_shown, events.size());
  for (std::size_t i = first; i < events.size(); ++i) {
    text += (i == first ? "\n" : "") + render_time(events[i].at("at").number().value_or(0)) + "  " +
            events[i].at("what").text() + "\n";
  }
  return text;
}

CLI::App& add_options(CLI::App& app, StatusRequest& request) {
  add_store_options(app, request.place);
  return app;
}

Result<int> show_once(StatusRequest request) {
  (void)TRY(settle(request.place));
  const std::string folder = TRY(folder_of(request.place));
  const std::string line = TRY(ask(folder));
  (void)TRY(print(request.is_json ? line : render_people(line)));
  return exit_well;
}

Result<int> show_on_and_on(StatusRequest request) {
  (void)TRY(settle(request.place));
  const std::string folder = TRY(folder_of(request.place));
  const bool is_terminal = isatty(STDOUT_FILENO) == 1;
  while (true) {
    const Result<std::string> line = ask(folder);
    const std::string text = line ? render_people(*line) : line.error().what + "\n";
    (void)TRY(print((is_terminal ? clear_screen : "") + text));
    if (!is_terminal && !line) return line.error();
    usleep(static_cast<useconds_t>(request.interval_s * 1e6));
  }
}

}  // namespace

int run_status(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Who holds what of the memory budget now, why pages wait, and what happened lately, in the\n"
      "civicum (worker or read) that works in this folder.",
      "civicum status");
  StatusRequest request;
  add_options(app, request).add_flag("--json", request.is_json, "The same as one line of JSON");
  app.footer("Ends with 4 where nobody works there.");
  if (const auto code = parse_or_end(app, arguments)) return *code;
  return code_or_fail(show_once(std::move(request)));
}

int run_top(const std::vector<std::string>& arguments) {
  CLI::App app("civicum status again and again, until Ctrl-C.", "civicum top");
  StatusRequest request;
  add_options(app, request)
      .add_option("--interval", request.interval_s, "Seconds between two looks")
      ->type_name("SECONDS")
      ->capture_default_str()
      ->check(CLI::Range(0.1, 3600.0));
  if (const auto code = parse_or_end(app, arguments)) return *code;
  return code_or_fail(show_on_and_on(std::move(request)));
}

}  // namespace civicum
