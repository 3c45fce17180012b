# SPDX-License-Identifier: GPL-3.0-or-later
# A PostgreSQL server for the tests, thrown away after: a cluster of its own in a temporary folder, on
# a unix socket only, as an unprivileged user. Sourced by ./test.
# Exports CIVICUM_TEST_POSTGRES, the query part of its URL; leaves it unset where there is no server.

pg_folder=""
pg_as=()

# The newest installed server's programs.
pg_bin() {
  local found
  found="$(find /usr/lib/postgresql -mindepth 3 -maxdepth 3 -name initdb 2>/dev/null | sort -V | tail -n 1)"
  [[ -n "$found" ]] && dirname "$found"
}

pg_options() { echo "-c listen_addresses='' -c unix_socket_directories='$pg_folder'"; }

start_postgres() {
  local bin log="$root/build/results/postgres.log"
  if ! bin="$(pg_bin)"; then return 0; fi
  pg_folder="$(mktemp -d)"
  # The server refuses to run as root.
  if ((EUID == 0)); then
    pg_as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
    chown nobody:nogroup "$pg_folder"
  fi
  chmod 711 "$pg_folder"
  if (cd "$pg_folder" &&
    "${pg_as[@]}" "$bin/initdb" -D "$pg_folder/data" -U civicum -A trust -E UTF8 --locale=C.UTF-8 --no-sync &&
    "${pg_as[@]}" "$bin/pg_ctl" -D "$pg_folder/data" -l "$pg_folder/server.log" -w -t 60 start \
      -o "$(pg_options)") >"$log" 2>&1; then
    export CIVICUM_TEST_POSTGRES="host=$pg_folder&user=civicum"
    # For the test that kills the server and starts it again.
    CIVICUM_TEST_POSTGRES_OPTIONS="$(pg_options)"
    export CIVICUM_TEST_POSTGRES_OPTIONS
    export CIVICUM_TEST_POSTGRES_DATA="$pg_folder/data" CIVICUM_TEST_POSTGRES_BIN="$bin"
  else
    tail -n 20 "$log"
    echo "civicum: no PostgreSQL server for the tests: see $log" >&2
  fi
}

stop_postgres() {
  [[ -n "$pg_folder" ]] || return 0
  (cd "$pg_folder" && "${pg_as[@]}" "$(pg_bin)/pg_ctl" -D "$pg_folder/data" -m immediate -t 60 stop) >/dev/null 2>&1 || true
  rm -rf "$pg_folder"
}
