// SPDX-License-Identifier: GPL-3.0-or-later
// Landlock by bare system calls: the build machine's headers may know an older ABI than the kernel.
// Numbers are those of the kernel's uapi/linux/landlock.h; its documentation, "Landlock:
// unprivileged access control", says which ABI brought what.
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "os/fd.h"
#include "os/sandbox.h"

namespace civicum {
namespace {

// The same on every architecture.
constexpr long create_ruleset_call = 444;
constexpr long add_rule_call = 445;
constexpr long restrict_self_call = 446;
constexpr unsigned ask_for_version = 1;
constexpr int rule_path_beneath = 1;

constexpr std::uint64_t read_file_access = 1U << 2;
constexpr std::uint64_t read_folder_access = 1U << 3;

struct RulesetAttributes {
  std::uint64_t handled_access_fs = 0;
  std::uint64_t handled_access_net = 0;  ///< since ABI 4
  std::uint64_t scoped = 0;              ///< since ABI 6
};

struct [[gnu::packed]] PathBeneath {
  std::uint64_t allowed_access = 0;
  std::int32_t parent_fd = -1;
};

/// Everything this ABI can deny; later ABIs than 7 are used as 7. Fields that the ABI does not have
/// stay zero: then an older kernel accepts the longer struct.
RulesetAttributes all_of(int abi) {
  RulesetAttributes attributes;
  attributes.handled_access_fs = (1U << 13) - 1;               // execute, write … make symlinks
  if (abi >= 2) attributes.handled_access_fs |= 1U << 13;      // refer: rename between folders
  if (abi >= 3) attributes.handled_access_fs |= 1U << 14;      // truncate
  if (abi >= 4) attributes.handled_access_net = 1U | 1U << 1;  // bind and connect TCP
  if (abi >= 5) attributes.handled_access_fs |= 1U << 15;      // ioctl on devices
  if (abi >= 6) attributes.scoped = 1U | 1U << 1;              // abstract unix sockets, signals
  return attributes;
}

bool allow_reading(int ruleset, const std::string& path) {
  const Result<Fd> target = open_file(path, O_PATH);
  if (!target) return target.error().kind == ErrorKind::NotFound;
  struct stat status {};
  if (fstat(target->get(), &status) != 0) return false;
  PathBeneath rule;
  rule.allowed_access =
      S_ISDIR(status.st_mode) ? read_file_access | read_folder_access : read_file_access;
  rule.parent_fd = target->get();
  return syscall(add_rule_call, ruleset, rule_path_beneath, &rule, 0) == 0;
}

}  // namespace

int landlock_abi() {
  const long version = syscall(create_ruleset_call, nullptr, 0, ask_for_version);
  return version < 1 ? 0 : static_cast<int>(version);
}

bool restrict_paths(const std::vector<std::string>& readable_paths) {
  const int abi = landlock_abi();
  if (abi == 0) return false;
  const RulesetAttributes attributes = all_of(abi);
  const Fd ruleset(
      static_cast<int>(syscall(create_ruleset_call, &attributes, sizeof attributes, 0)));
  if (!ruleset) return false;
  for (const std::string& path : readable_paths) {
    // A folder that cannot be opened stays closed: fewer fonts, never less protection.
    static_cast<void>(allow_reading(ruleset.get(), path));
  }
  return syscall(restrict_self_call, ruleset.get(), 0) == 0;
}

}  // namespace civicum
