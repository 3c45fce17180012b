// SPDX-License-Identifier: GPL-3.0-or-later
// Formats: cgroups(7) for /proc/self/cgroup, proc(5) for /proc/self/mountinfo.
#include "host/cgroup_path.h"

#include <algorithm>

namespace civicum {
namespace {

constexpr std::size_t depth_max = 64;

struct Membership {
  CgroupVersion version = CgroupVersion::V2;
  std::string path;
};

bool has_item(std::string_view list, std::string_view item) {
  const std::vector<std::string_view> items = split(list, ',');
  return std::find(items.begin(), items.end(), item) != items.end();
}

/// Lines are `4:memory,other:/path` (v1) and `0::/path` (v2).
std::optional<Membership> find_membership(std::string_view text, std::string_view controller) {
  std::optional<Membership> unified;
  for (const std::string_view line : split(text, '\n')) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    const std::string path(line.substr(second + 1));
    if (!path.starts_with('/')) continue;
    if (has_item(controllers, controller)) return Membership{CgroupVersion::V1, path};
    if (controllers.empty()) unified = Membership{CgroupVersion::V2, path};
  }
  return unified;
}

struct Mount {
  std::string root;
  std::string point;
};

/// `36 35 98:0 /root /point options … - type source super,options`
std::optional<Mount> find_mount(std::string_view text, CgroupVersion version,
                                std::string_view controller) {
  for (const std::string_view line : split(text, '\n')) {
    const std::size_t dash = line.find(" - ");
    if (dash == std::string_view::npos) continue;
    const std::vector<std::string_view> left = split(line.substr(0, dash), ' ');
    const std::vector<std::string_view> right = split(line.substr(dash + 3), ' ');
    if (left.size() < 6 || right.size() < 3) continue;
    const bool is_wanted = version == CgroupVersion::V2
                               ? right[0] == "cgroup2"
                               : right[0] == "cgroup" && has_item(right[2], controller);
    if (is_wanted) return Mount{std::string(left[3]), std::string(left[4])};
  }
  return std::nullopt;
}

/// A container mounts its own cgroup as the tree's root: then that part of the path is not there.
std::string below_mount(const std::string& path, const std::string& mount_root) {
  if (mount_root == "/" || !path.starts_with(mount_root)) return path == "/" ? "" : path;
  return path.substr(mount_root.size());
}

}  // namespace

std::optional<CgroupPath> find_cgroup(const HostRoot& root, std::string_view controller) {
  const std::optional<std::string> memberships = root.read("/proc/self/cgroup");
  const std::optional<std::string> mounts = root.read("/proc/self/mountinfo");
  if (!memberships || !mounts) return std::nullopt;
  const std::optional<Membership> membership = find_membership(*memberships, controller);
  if (!membership) return std::nullopt;
  const std::optional<Mount> mount = find_mount(*mounts, membership->version, controller);
  if (!mount) return std::nullopt;

  CgroupPath cgroup{membership->version, {}};
  std::string rest = below_mount(membership->path, mount->root);
  while (!rest.empty() && cgroup.folders.size() < depth_max) {
    cgroup.folders.push_back(mount->point + rest);
    rest.resize(rest.rfind('/') == std::string::npos ? 0 : rest.rfind('/'));
  }
  cgroup.folders.push_back(mount->point);
  return cgroup;
}

OwnCgroups find_own_cgroups(const HostRoot& root) {
  OwnCgroups own;
  std::optional<CgroupPath> memory = find_cgroup(root, "memory");
  if (!memory) return own;
  own.version = memory->version;
  own.memory = std::move(memory->folders);
  if (own.version == CgroupVersion::V2) return own;
  const auto of_v1 = [&root](std::string_view controller) {
    std::optional<CgroupPath> path = find_cgroup(root, controller);
    const bool is_v1 = path && path->version == CgroupVersion::V1;
    return is_v1 ? std::move(path->folders) : std::vector<std::string>();
  };
  own.cpu = of_v1("cpu");
  own.pids = of_v1("pids");
  return own;
}

}  // namespace civicum
