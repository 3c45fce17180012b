-- SPDX-License-Identifier: GPL-3.0-or-later
-- How many removals there were since what was removed was last taken out of the database's files; no row: none.
CREATE TABLE unscrubbed(one BIGINT PRIMARY KEY, removals BIGINT NOT NULL);
