// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/database.h"

namespace civicum {

const SqlRows::Cell& SqlRows::cell(std::size_t row, std::size_t column) const {
  ENSURE(column < columns_ && row < size());
  return cells_[row * columns_ + column];
}

bool SqlRows::is_null(std::size_t row, std::size_t column) const {
  return std::holds_alternative<std::monostate>(cell(row, column));
}

std::int64_t SqlRows::integer(std::size_t row, std::size_t column) const {
  const auto* value = std::get_if<std::int64_t>(&cell(row, column));
  ENSURE(value != nullptr);
  return *value;
}

double SqlRows::real(std::size_t row, std::size_t column) const {
  const auto* value = std::get_if<double>(&cell(row, column));
  ENSURE(value != nullptr);
  return *value;
}

const std::string& SqlRows::bytes(std::size_t row, std::size_t column) const {
  const auto* value = std::get_if<std::string>(&cell(row, column));
  ENSURE(value != nullptr);
  return *value;
}

Result<SqlRows> Database::run(std::string_view operation, std::initializer_list<SqlValue> values,
                              Durability durability) {
  const SqlCall call{operation, values};
  std::vector<SqlRows> answers = TRY(run(std::span(&call, 1), durability));
  return answers.empty() ? SqlRows() : std::move(answers.front());
}

Result<bool> is_schema_current(std::int64_t found, std::size_t known, const std::string& name) {
  if (found <= static_cast<std::int64_t>(known)) return found == static_cast<std::int64_t>(known);
  return Error{ErrorKind::Unavailable, name + " was written by a newer civicum (schema " +
                                           std::to_string(found) + ", this one knows " +
                                           std::to_string(known) +
                                           "): update civicum or choose another --store"};
}

}  // namespace civicum
