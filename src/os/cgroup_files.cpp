// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/cgroup_files.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <thread>

#include "os/fd.h"

namespace civicum {
namespace {

constexpr Bytes file_bytes_max = mib(1);
constexpr int removal_tries_max = 200;
constexpr auto removal_pause = std::chrono::milliseconds(5);

std::vector<std::string> folders_below(const std::string& folder) {
  std::error_code failed;
  std::vector<std::string> below;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
    if (entry.is_directory(failed)) below.push_back(entry.path());
  }
  return below;
}

/// SIGKILL to each member: cgroup v1, and kernels before 5.14.
void kill_members(const std::string& folder) {
  for (const std::string& below : folders_below(folder)) kill_members(below);
  for (const pid_t pid : cgroup_members(folder)) {
    if (pid > 0) (void)::kill(pid, SIGKILL);
  }
}

/// False while something is still in it.
bool remove_tree(const std::string& folder) {
  for (const std::string& below : folders_below(folder)) {
    if (!remove_tree(below)) return false;
  }
  return rmdir(folder.c_str()) == 0 || errno == ENOENT;
}

bool has_word(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_delegated(const std::string& folder) {
  char value = 0;
  return getxattr(folder.c_str(), "user.delegate", &value, 1) == 1 && value == '1';
}

bool may_be_changed(const std::string& folder) {
  return access((folder + "/cgroup.procs").c_str(), W_OK) == 0 && access(folder.c_str(), W_OK) == 0;
}

bool hands_memory_down(const std::string& folder) {
  return has_word(cgroup_words(folder + "/cgroup.subtree_control"), "memory");
}

/// Absent in the machine's own root.
bool has_memory_limit(const std::string& folder) {
  const std::vector<std::string> limit = cgroup_words(folder + "/memory.max");
  return !limit.empty() && limit.front() != "max";
}

/// Moves everybody from the folder into `main` below it.
Status empty_into_main(const std::string& folder) {
  const std::string main = folder + "/main";
  if (mkdir(main.c_str(), 0755) != 0 && errno != EEXIST) return last_os_failure("make " + main);
  for (const pid_t pid : cgroup_members(folder)) {
    Status moved = write_cgroup(main + "/cgroup.procs", std::to_string(pid));
    // It may have ended meanwhile.
    if (!moved && moved.error().os_error != ESRCH) return moved;
  }
  return hand_down(folder, "memory");
}

bool is_ours_to_empty(const std::string& folder) {
  if (!may_be_changed(folder)) return false;
  if (!has_word(cgroup_words(folder + "/cgroup.controllers"), "memory")) return false;
  const std::vector<pid_t> members = cgroup_members(folder);
  return is_delegated(folder) || members == std::vector<pid_t>{getpid()};
}

}  // namespace

Status write_cgroup(const std::string& file, std::string_view value) {
  const Fd fd = TRY(open_file(file, O_WRONLY));
  ssize_t written = -1;
  do {
    written = write(fd.get(), value.data(), value.size());
  } while (written < 0 && errno == EINTR);
  if (written != static_cast<ssize_t>(value.size())) {
    return last_os_failure("write " + std::string(value) + " to " + file);
  }
  return Done{};
}

std::vector<std::string> cgroup_words(const std::string& file) {
  const Result<std::string> text = read_file(file, file_bytes_max);
  std::vector<std::string> words;
  if (!text) return words;
  std::istringstream stream(*text);
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

std::vector<pid_t> cgroup_members(const std::string& folder) {
  std::vector<pid_t> members;
  for (const std::string& word : cgroup_words(folder + "/cgroup.procs")) {
    members.push_back(static_cast<pid_t>(std::atoi(word.c_str())));
  }
  return members;
}

void end_cgroup(const std::string& folder) {
  for (int tries = 0; tries < removal_tries_max; ++tries) {
    if (remove_tree(folder)) return;
    if (!write_cgroup(folder + "/cgroup.kill", "1")) kill_members(folder);
    std::this_thread::sleep_for(removal_pause);
  }
}

Status hand_down(const std::string& folder, std::string_view controller) {
  return write_cgroup(folder + "/cgroup.subtree_control", "+" + std::string(controller));
}

Result<std::string> find_divisible(const std::vector<std::string>& path) {
  if (path.empty()) return Error{ErrorKind::Unavailable, "no cgroup tree is mounted"};
  const std::string& own = path.front();
  for (const std::string& folder : path) {
    if (hands_memory_down(folder) && may_be_changed(folder)) {
      if (folder == own || is_delegated(folder)) return folder;
    }
    if (has_memory_limit(folder)) break;
  }
  if (is_ours_to_empty(own)) {
    (void)TRY(empty_into_main(own));
    return own;
  }
  for (const std::string& folder : path) {
    if (hands_memory_down(folder) && may_be_changed(folder)) return folder;
    if (has_memory_limit(folder)) break;
  }
  return Error{ErrorKind::Unavailable,
               "the cgroup " + own +
                   " may not be divided: others sit in it, or it is not delegated; a systemd "
                   "service with Delegate=yes, or systemd-run --user --scope -p Delegate=yes, "
                   "gives one that may"};
}

}  // namespace civicum
