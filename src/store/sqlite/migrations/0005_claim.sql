-- SPDX-License-Identifier: GPL-3.0-or-later
-- Claims are quicker: the table without the CHECK of its states, for which SQLite builds a temporary table each time
-- it writes a row; states are written by our own SQL only.
CREATE TABLE new_jobs(
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  priority BIGINT NOT NULL,
  run_at BIGINT NOT NULL,
  needs_left BIGINT NOT NULL,
  attempts BIGINT NOT NULL DEFAULT 0,
  errors BIGINT NOT NULL DEFAULT 0,
  errors_max BIGINT NOT NULL,
  crashes BIGINT NOT NULL DEFAULT 0,
  kills BIGINT NOT NULL DEFAULT 0,
  is_cancelling BIGINT NOT NULL DEFAULT 0,
  unique_key TEXT,
  document BIGINT,
  page_index BIGINT,
  payload TEXT NOT NULL,
  memo TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL DEFAULT '',
  detail TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  started_at BIGINT,
  ended_at BIGINT);
INSERT INTO new_jobs SELECT * FROM jobs;
DROP TABLE jobs;
ALTER TABLE new_jobs RENAME TO jobs;
CREATE INDEX jobs_ready ON jobs(kind, priority, id) WHERE state='queued';
CREATE INDEX jobs_due ON jobs(run_at) WHERE state='scheduled';
CREATE UNIQUE INDEX jobs_unique ON jobs(unique_key) WHERE unique_key IS NOT NULL AND state NOT IN ('dead', 'cancelled');
CREATE INDEX jobs_ended ON jobs(ended_at) WHERE state IN ('dead', 'cancelled');
CREATE INDEX jobs_of_document ON jobs(document) WHERE document IS NOT NULL;
