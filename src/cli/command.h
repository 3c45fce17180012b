// SPDX-License-Identifier: GPL-3.0-or-later
// A command of the program: a row of the table in main.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace civicum {

struct Command {
  std::string_view name;
  std::string_view summary;
  /// Gets the words after the command's name, answers the exit code.
  int (*run)(const std::vector<std::string>& arguments);
};

int run_read(const std::vector<std::string>& arguments);
int run_add(const std::vector<std::string>& arguments);
int run_worker(const std::vector<std::string>& arguments);
int run_docs(const std::vector<std::string>& arguments);
int run_jobs(const std::vector<std::string>& arguments);
int run_plan(const std::vector<std::string>& arguments);
int run_status(const std::vector<std::string>& arguments);
int run_top(const std::vector<std::string>& arguments);
int run_doctor(const std::vector<std::string>& arguments);
int run_store(const std::vector<std::string>& arguments);

}  // namespace civicum
