// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/inputs.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace civicum;
namespace fs = std::filesystem;

TEST_CASE("results are named after their input, clashes get the extension, then a number") {
  std::vector<Input> inputs;
  inputs.reserve(7);
  for (const char* name : {"a.pdf", "a.png", "a.pdf", "a.pdf", "b", "sub/a.pdf", "v1.2.pdf"}) {
    inputs.push_back({"", name, "", {}});
  }
  name_results(inputs);
  std::vector<std::string> stems;
  stems.reserve(inputs.size());
  for (const Input& input : inputs) stems.push_back(input.stem);
  CHECK(stems == std::vector<std::string>{"a", "a.png", "a.pdf", "a-2", "b", "sub/a", "v1.2"});
}

TEST_CASE("a name at the file system's limit leaves room for its results") {
  std::vector<Input> inputs;
  inputs.push_back({"", std::string(251, 'n') + ".pdf", "", {}});
  name_results(inputs);
  CHECK(inputs[0].stem.size() + std::string(".json").size() <= 255);
}

TEST_CASE("folders are walked in order, without hidden files, by name or content") {
  std::string folder = (fs::temp_directory_path() / "civicum-inputs-XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  fs::create_directories(folder + "/sub");
  fs::create_directories(folder + "/.git");
  std::ofstream(folder + "/b.PDF") << "anything";
  std::ofstream(folder + "/sub/a.tiff") << "anything";
  std::ofstream(folder + "/scan") << "junk\n%PDF-1.4";
  std::ofstream(folder + "/notes.txt") << "text";
  std::ofstream(folder + "/.hidden.pdf") << "x";
  std::ofstream(folder + "/.git/c.pdf") << "x";
  const Inputs inputs = expand_inputs({folder, "-", folder + "/none.pdf"}, "");
  std::vector<std::string> names;
  names.reserve(inputs.documents.size());
  for (const Input& input : inputs.documents) names.push_back(input.name);
  CHECK(names == std::vector<std::string>{"b.PDF", "scan", "sub/a.tiff", "stdin"});
  CHECK(inputs.passed_over == 1);
  REQUIRE(inputs.failures.size() == 1);
  CHECK(inputs.failures[0].error.kind == ErrorKind::NotFound);
  fs::remove_all(folder);
}

TEST_CASE("results below a folder are not read again; a device is a failure of its own") {
  std::string folder = (fs::temp_directory_path() / "civicum-inputs-XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  fs::create_directories(folder + "/out");
  std::ofstream(folder + "/a.pdf") << "anything";
  std::ofstream(folder + "/out/a.pdf") << "anything";
  fs::create_symlink("nowhere", folder + "/lost.pdf");
  fs::create_symlink("nowhere", folder + "/lost.txt");
  const Inputs inputs = expand_inputs({"/dev/zero", folder}, folder + "/out");
  REQUIRE(inputs.documents.size() == 1);
  CHECK(inputs.documents[0].name == "a.pdf");
  REQUIRE(inputs.failures.size() == 2);
  CHECK(inputs.failures[1].error.kind == ErrorKind::NotFound);
  CHECK(inputs.failures[0].error.kind == ErrorKind::BadInput);
  CHECK(inputs.failures[0].error.what.find("/dev/zero") != std::string::npos);
  CHECK(expand_inputs({folder + "/out"}, folder + "/out").documents.size() == 1);
  fs::remove_all(folder);
}
