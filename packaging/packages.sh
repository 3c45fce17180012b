# SPDX-License-Identifier: GPL-3.0-or-later
# The distribution's packages, one list per purpose, and the one way to install what is missing.
# Sourced by ./run, ./test and packaging/try-fresh; docs/DEPENDENCIES.md says why each library is here.
# Debian 12 carries Boost 1.81 beside its default 1.74, which is too old: there the versioned name is
# taken, everywhere else the default one.
# Invariant: nothing is installed that dpkg already knows as installed; a refusal changes nothing.

is_bookworm() {
  (. /etc/os-release && [[ "${ID:-}" == debian && "${VERSION_ID:-}" == 12 ]])
}

# What the compiler needs, and what the reader needs while it runs (fonts, CMaps, language data).
packages_build() {
  local boost=libboost-dev
  if is_bookworm; then boost=libboost1.81-dev; fi
  echo g++ cmake ninja-build pkg-config "$boost" libfmt-dev libcli11-dev libtomlplusplus-dev libre2-dev \
    libicu-dev libssl-dev libsqlite3-dev libpq-dev libstemmer-dev libseccomp-dev libpoppler-dev \
    libpoppler-private-dev libqpdf-dev libtesseract-dev libleptonica-dev libpng-dev libtiff-dev libjpeg-dev zlib1g-dev
}

packages_run() {
  echo tesseract-ocr-spa tesseract-ocr-osd tesseract-ocr-eng poppler-data fonts-urw-base35 fontconfig-config
}

# qpdf, poppler-utils and libtiff-tools make and check documents, postgresql is the other store; no test
# looks at a program that is not here.
packages_test() {
  echo doctest-dev python3 poppler-utils qpdf libtiff-tools postgresql
}

packages_lint() {
  if is_bookworm; then
    echo clang-format-14 clang-tidy-14 clang clang-14 libclang-rt-14-dev
  else
    echo clang libclang-rt-dev
  fi
}

# missing_packages NAME…: those that dpkg does not have installed.
missing_packages() {
  local have
  have="$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null |
    awk '$1 == "installed" { print $2 }' | sort)" || true
  comm -23 <(printf '%s\n' "$@" | sort) <(printf '%s\n' "$have")
}

# install_packages WHY NAME…: one apt-get install of what is missing; exit 4 where that is not allowed.
install_packages() {
  local why="$1" missing
  shift
  mapfile -t missing < <(missing_packages "$@")
  if ((${#missing[@]} == 0)); then return 0; fi
  local as_root=()
  if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
      echo "civicum: $why needs packages that are not installed and there is no sudo; as root run:" >&2
      echo "apt-get install --no-install-recommends ${missing[*]}" >&2
      exit 4
    fi
    as_root=(sudo)
  fi
  echo "civicum: installing ${#missing[@]} packages because $why needs them: ${missing[*]}" >&2
  local log
  log="$(mktemp)"
  if ! apt_install "${missing[@]}" >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    echo "civicum: the packages could not be installed; try: apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 4
  fi
  rm -f "$log"
}

# Uses the caller's `as_root`. Lists that are absent or out of date are fetched once, only then.
apt_install() {
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y -q)
  local install=("${apt[@]}" install --no-install-recommends "$@")
  if apt-cache show "$@" >/dev/null 2>&1 && "${install[@]}"; then return 0; fi
  "${apt[@]}" update && "${install[@]}"
}
