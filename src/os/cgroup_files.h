// SPDX-License-Identifier: GPL-3.0-or-later
// Cgroups as folders of small files: the few ways in which cages change them. What they say about
// memory is read in host/.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace civicum {

/// One write(2): the kernel takes or refuses a value as a whole.
Status write_cgroup(const std::string& file, std::string_view value);

/// The words of a file such as cgroup.controllers; none where it cannot be read.
std::vector<std::string> cgroup_words(const std::string& file);

/// Who sits in the folder itself, not below.
std::vector<pid_t> cgroup_members(const std::string& folder);

/// Kills all that is in the folder and below, then removes both. Waits 1 s at most for the kernel
/// to let go; what stays after that is for the next sweep.
void end_cgroup(const std::string& folder);

/// v2: lets children of the folder use a controller; its name without "+".
Status hand_down(const std::string& folder, std::string_view controller);

/// v2: the folder below which cages may be made, of the path from the own cgroup upwards: one that
/// hands memory down already, or the own one, which is emptied into `main` for it where nobody else
/// sits in it or a manager has delegated it (xattr user.delegate, systemd.resource-control(5)).
/// Never one that would leave a memory limit below it behind. Unavailable where there is none.
Result<std::string> find_divisible(const std::vector<std::string>& path);

}  // namespace civicum
