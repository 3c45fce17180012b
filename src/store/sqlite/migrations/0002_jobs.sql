-- SPDX-License-Identifier: GPL-3.0-or-later
-- The queue. Times are milliseconds: of the epoch by now_ms(), of leases by lease_now().
-- A job that is done leaves the table; what it did stands with its document.
CREATE TABLE jobs(
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  state TEXT NOT NULL CHECK(state IN ('blocked', 'scheduled', 'queued', 'running', 'dead', 'cancelled')),
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
CREATE INDEX jobs_ready ON jobs(kind, priority, id) WHERE state='queued';
CREATE INDEX jobs_due ON jobs(run_at) WHERE state='scheduled';
CREATE UNIQUE INDEX jobs_unique ON jobs(unique_key) WHERE unique_key IS NOT NULL AND state NOT IN ('dead', 'cancelled');
CREATE INDEX jobs_ended ON jobs(ended_at) WHERE state IN ('dead', 'cancelled');
CREATE INDEX jobs_of_document ON jobs(document) WHERE document IS NOT NULL;

-- job waits until needs has ended.
CREATE TABLE job_needs(needs BIGINT NOT NULL, job BIGINT NOT NULL, PRIMARY KEY(needs, job));

-- What runs now, apart from jobs because it changes with every beat.
CREATE TABLE job_leases(
  job INTEGER PRIMARY KEY,
  token BIGINT NOT NULL,
  worker TEXT NOT NULL,
  until BIGINT NOT NULL,
  pages_done BIGINT NOT NULL DEFAULT 0,
  pages_total BIGINT NOT NULL DEFAULT 0);

CREATE TABLE workers(
  id TEXT PRIMARY KEY,
  live_key BIGINT NOT NULL,  -- of the advisory lock that it holds while it lives
  host TEXT NOT NULL,
  pid BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  beat_at BIGINT NOT NULL);

CREATE TABLE job_ids(last BIGINT NOT NULL);
INSERT INTO job_ids VALUES(0);
