// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/sql_catalog.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <optional>

#include "base/result.h"

namespace civicum {
namespace {

constexpr std::string_view header = "-- name: ";

bool is_name_char(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::string_view name_at(std::string_view text) {
  return text.substr(
      0, static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_name_char) -
                                  text.begin()));
}

/// The words between the header's parentheses.
std::vector<std::string> parameters_of(std::string_view line) {
  std::vector<std::string> parameters;
  const std::size_t open = line.find('(');
  const std::size_t close = line.find(')');
  ENSURE(open != std::string_view::npos && close != std::string_view::npos);
  for (std::size_t at = open + 1; at < close;) {
    const std::string_view name = name_at(line.substr(at));
    if (!name.empty()) parameters.emplace_back(name);
    at += std::max<std::size_t>(1, name.size());
  }
  return parameters;
}

/// Reads the body of one operation: statements, quotes, comments, values.
class BodyScanner {
 public:
  BodyScanner(std::string_view body, std::vector<std::string> parameters)
      : body_(body), parameters_(std::move(parameters)) {}

  std::vector<SqlStatementText> scan() {
    while (at_ < body_.size()) step();
    ENSURE(is_blank(current_.sql));  // the last statement ends with ';'
    return std::move(statements_);
  }

 private:
  static bool is_blank(const std::string& sql) {
    return std::all_of(sql.begin(), sql.end(),
                       [](unsigned char c) { return std::isspace(c) != 0; });
  }

  void step() {
    const char c = body_[at_];
    if (c == '\'') return copy_to(body_.find('\'', at_ + 1));
    if (body_.substr(at_).starts_with("--")) return skip_line();
    if (body_.substr(at_).starts_with("::")) return copy_to(at_ + 1);
    if (c == ':' && at_ + 1 < body_.size() && is_name_char(body_[at_ + 1])) return put_value();
    if (c == ';') return end_statement();
    copy_to(at_);
  }

  void copy_to(std::size_t last) {
    ENSURE(last < body_.size());
    current_.sql += body_.substr(at_, last + 1 - at_);
    at_ = last + 1;
  }

  void skip_line() { at_ = std::min(body_.find('\n', at_), body_.size()); }

  void put_value() {
    const std::string_view name = name_at(body_.substr(at_ + 1));
    const auto found = std::find(parameters_.begin(), parameters_.end(), name);
    ENSURE(found != parameters_.end());
    const auto value = static_cast<std::size_t>(found - parameters_.begin());
    auto& own = current_.parameters;
    auto known = std::find(own.begin(), own.end(), value);
    if (known == own.end()) known = own.insert(own.end(), value);
    current_.sql += '$';
    current_.sql += std::to_string(known - own.begin() + 1);
    at_ += 1 + name.size();
  }

  void end_statement() {
    ENSURE(!is_blank(current_.sql));
    statements_.push_back(std::exchange(current_, {}));
    ++at_;
  }

  std::string_view body_;
  std::vector<std::string> parameters_;
  std::size_t at_ = 0;
  SqlStatementText current_;
  std::vector<SqlStatementText> statements_;
};

void add_operations(std::string_view text, std::map<std::string, SqlOperation, std::less<>>& into) {
  std::size_t at = text.find(header);
  while (at != std::string_view::npos) {
    const std::size_t line_end = text.find('\n', at);
    const std::size_t next = text.find(header, line_end);
    const std::string_view line = text.substr(at + header.size(), line_end - at - header.size());
    const std::vector<std::string> parameters = parameters_of(line);
    SqlOperation operation;
    operation.value_count = parameters.size();
    operation.must_find = line.ends_with(" must");
    operation.statements = BodyScanner(text.substr(line_end, next - line_end), parameters).scan();
    into.insert_or_assign(std::string(name_at(line)), std::move(operation));
    at = next;
  }
}

bool is_in(std::string_view path, std::string_view folder) {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

bool is_migration(std::string_view path) {
  return path.find("/migrations/") != std::string_view::npos;
}

unsigned long number_of(const SqlFile& migration) {
  const std::string name(migration.path.substr(migration.path.rfind('/') + 1));
  return std::strtoul(name.c_str(), nullptr, 10);
}

}  // namespace

SqlCatalog SqlCatalog::load(std::string_view backend, std::span<const SqlFile> files) {
  SqlCatalog catalog;
  for (const SqlFile& file : files) {
    if (file.path.find('/') == std::string_view::npos) {
      add_operations(file.text, catalog.operations_);
    }
  }
  for (const SqlFile& file : files) {
    if (is_in(file.path, backend) && !is_migration(file.path)) {
      add_operations(file.text, catalog.operations_);
    }
  }
  return catalog;
}

const SqlOperation& SqlCatalog::operator[](std::string_view name) const {
  const auto found = operations_.find(name);
  ENSURE(found != operations_.end());
  return found->second;
}

const SqlOperation& SqlCatalog::find(std::string_view name, std::size_t value_count) const {
  const SqlOperation& operation = (*this)[name];
  ENSURE(operation.value_count == value_count);
  return operation;
}

std::vector<SqlFile> migrations_of(std::string_view backend, std::span<const SqlFile> files) {
  std::vector<SqlFile> migrations;
  for (const SqlFile& file : files) {
    if (is_in(file.path, backend) && is_migration(file.path)) migrations.push_back(file);
  }
  std::size_t number = 0;
  const bool is_without_holes =
      std::all_of(migrations.begin(), migrations.end(),
                  [&number](const SqlFile& file) { return number_of(file) == ++number; });
  ENSURE(is_without_holes);
  return migrations;
}

}  // namespace civicum
