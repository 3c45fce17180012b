-- SPDX-License-Identifier: GPL-3.0-or-later

-- name: check_file()
PRAGMA integrity_check(20);
