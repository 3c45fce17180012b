# SPDX-License-Identifier: GPL-3.0-or-later
# How ./run and ./test build. Sourced, with `root` set to the checkout.
# Talk goes to stderr, one line; the compiler's own words to build/PRESET.log, whose end is shown on
# failure. Two builds of one checkout wait for each other.

# shellcheck source=packaging/packages.sh
source "$root/packaging/packages.sh"

# run_logged LOG COMMAND…: quiet on success, the end of the log on failure.
run_logged() {
  local log="$1"
  shift
  if "$@" >>"$log" 2>&1; then return 0; fi
  tail -n 40 "$log" >&2
  echo "civicum: failed: $* (whole log: $log)" >&2
  return 1
}

# configure_and_build PRESET "CMAKE OPTIONS" TARGET…: the options count only where they change something.
configure_and_build() {
  local preset="$1" options="$2" log="$root/build/$1.log"
  shift 2
  mkdir -p "$root/build"
  : >"$log"
  if [[ -n "$options" || ! -e "$root/build/$preset/build.ninja" ]]; then
    # shellcheck disable=SC2086
    (cd "$root" && run_logged "$log" cmake --preset "$preset" $options) || return 1
  fi
  run_logged "$log" cmake --build "$root/build/$preset" --target "$@"
}

lock_build() {
  mkdir -p "$root/build/release"
  exec {build_lock}>"$root/build/build.lock"
  flock "$build_lock"
}

unlock_build() { exec {build_lock}>&-; }

complete_packages() {
  # shellcheck disable=SC2046
  install_packages "building and running it" $(packages_build) $(packages_run)
  touch "$root/build/release/packages.stamp"
}

# The program alone: a fresh machine needs no test library for it.
build_program() {
  touch "$root/build/release/building.stamp"
  echo "civicum: building (minutes the first time, seconds after a change) …" >&2
  local options=""
  if [[ ! -e "$root/build/release/build.ninja" ]]; then options="-DCIVICUM_TESTS=OFF"; fi
  configure_and_build release "$options" civicum civicum-reader || exit 70
  # Anything changed while the compiler ran is newer than this.
  mv "$root/build/release/building.stamp" "$root/build/release/built.stamp"
}
