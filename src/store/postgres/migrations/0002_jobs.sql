-- SPDX-License-Identifier: GPL-3.0-or-later
-- The queue. Times are milliseconds: of the epoch by now_ms(), of leases by lease_now().
-- A job that is done leaves the table; what it did stands with its document.
CREATE TABLE jobs(
  id BIGINT PRIMARY KEY,
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

-- What runs now, apart from jobs because it changes with every beat: no index names what changes, and
-- half of each page is free, so that an update stays on its page.
CREATE TABLE job_leases(
  job BIGINT PRIMARY KEY,
  token BIGINT NOT NULL,
  worker TEXT NOT NULL,
  until BIGINT NOT NULL,
  pages_done BIGINT NOT NULL DEFAULT 0,
  pages_total BIGINT NOT NULL DEFAULT 0)
  WITH (fillfactor=50, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=1000);

CREATE TABLE workers(
  id TEXT PRIMARY KEY,
  live_key BIGINT NOT NULL,  -- of the advisory lock that it holds while it lives
  host TEXT NOT NULL,
  pid BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  beat_at BIGINT NOT NULL)
  WITH (fillfactor=50, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=1000);

CREATE SEQUENCE job_ids;

ALTER TABLE jobs SET (autovacuum_vacuum_scale_factor=0.01, autovacuum_vacuum_threshold=1000, autovacuum_vacuum_cost_delay=1);

-- The server's clock, because nodes' clocks differ; clock_timestamp() goes on within a transaction.
CREATE FUNCTION now_ms() RETURNS BIGINT LANGUAGE sql VOLATILE AS
$$ SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint $$;
CREATE FUNCTION lease_now() RETURNS BIGINT LANGUAGE sql VOLATILE AS
$$ SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint $$;

-- Holds the lease until the transaction ends; undoes the whole transaction where it is lost.
CREATE FUNCTION fence(fenced_job BIGINT, fenced_token BIGINT) RETURNS BIGINT LANGUAGE plpgsql AS
$$
BEGIN
  PERFORM 1 FROM job_leases WHERE job=fenced_job AND token=fenced_token FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the lease of job % is lost', fenced_job USING ERRCODE='CV001';
  END IF;
  RETURN fenced_job;
END
$$;
