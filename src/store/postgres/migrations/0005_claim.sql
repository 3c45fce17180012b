-- SPDX-License-Identifier: GPL-3.0-or-later
-- Claims are quicker. A CHECK is read anew from its text by every statement that writes the table, which was a
-- tenth of a claim; states are written by our own SQL only. date_part() is a float8 and no numeric: exact to the
-- millisecond for longer than anybody counts.
ALTER TABLE jobs DROP CONSTRAINT jobs_state_check;
CREATE OR REPLACE FUNCTION now_ms() RETURNS BIGINT LANGUAGE sql VOLATILE AS
$$ SELECT (date_part('epoch', clock_timestamp()) * 1000)::bigint $$;
CREATE OR REPLACE FUNCTION lease_now() RETURNS BIGINT LANGUAGE sql VOLATILE AS
$$ SELECT (date_part('epoch', clock_timestamp()) * 1000)::bigint $$;

-- Phrases need the pairs of search_index.h: workers index the pages anew.
TRUNCATE search_pages;
