-- SPDX-License-Identifier: GPL-3.0-or-later
-- Jobs in PostgreSQL's words. Claims skip what another worker is claiming just now; an enqueued batch
-- is one NOTIFY, because each takes a lock of the whole server as it commits.

-- The last statement also asks for the ids: a round trip of its own for them would be a third of an enqueued job's way.
-- name: enqueue(jobs, needs)
SELECT pg_notify('civicum_jobs', '');
WITH new AS MATERIALIZED (
  SELECT nextval('job_ids') AS id, j.*
  FROM jsonb_to_recordset(:jobs::jsonb) AS j(place BIGINT, kind TEXT, priority BIGINT, delay_ms BIGINT, needs_left BIGINT,
    errors_max BIGINT, unique_key TEXT, document BIGINT, page_index BIGINT, payload TEXT, is_first BIGINT)),
added AS (
  INSERT INTO jobs(id, kind, state, priority, run_at, needs_left, errors_max, unique_key, document, page_index, payload, created_at)
  SELECT id, kind, CASE WHEN needs_left>0 THEN 'blocked' WHEN delay_ms>0 THEN 'scheduled' ELSE 'queued' END,
    priority, now_ms()+delay_ms, needs_left, errors_max, unique_key, document, page_index, payload, now_ms() FROM new
  WHERE is_first IS NULL OR EXISTS (
    SELECT 1 FROM documents d WHERE d.id=new.document AND d.state IN ('received', 'reading')
    AND NOT EXISTS (SELECT 1 FROM jobs o WHERE o.document=d.id AND o.state NOT IN ('dead', 'cancelled')))
  ON CONFLICT DO NOTHING RETURNING id),
needed AS (
  INSERT INTO job_needs(needs, job)
  SELECT parent.id, child.id FROM jsonb_to_recordset(:needs::jsonb) AS n(needs BIGINT, job BIGINT)
  JOIN new parent ON parent.place=n.needs JOIN new child ON child.place=n.job JOIN added ON added.id=child.id
  ON CONFLICT DO NOTHING)
SELECT new.place, added.id FROM new LEFT JOIN added ON added.id=new.id;

-- One job that needs no other, which is what is handed in when somebody waits: in a quarter of the batch's time.
-- name: enqueue_job(kind, priority, delay_ms, errors_max, unique_key, document, page_index, payload, is_first)
INSERT INTO jobs(id, kind, state, priority, run_at, needs_left, errors_max, unique_key, document, page_index, payload, created_at)
SELECT nextval('job_ids'), :kind, CASE WHEN CAST(:delay_ms AS BIGINT)>0 THEN 'scheduled' ELSE 'queued' END,
  :priority, now_ms()+CAST(:delay_ms AS BIGINT), 0, :errors_max, :unique_key, CAST(:document AS BIGINT), :page_index, :payload, now_ms()
WHERE CAST(:is_first AS BIGINT)=0 OR EXISTS (
  SELECT 1 FROM documents d WHERE d.id=CAST(:document AS BIGINT) AND d.state IN ('received', 'reading')
  AND NOT EXISTS (SELECT 1 FROM jobs o WHERE o.document=d.id AND o.state NOT IN ('dead', 'cancelled')))
ON CONFLICT DO NOTHING RETURNING CAST(0 AS BIGINT), id, pg_notify('civicum_jobs', '');

-- name: open_jobs(jobs)
SELECT n.place, j.id FROM jsonb_to_recordset(:jobs::jsonb) AS n(place BIGINT, unique_key TEXT) JOIN jobs j ON j.unique_key=n.unique_key
WHERE j.state NOT IN ('dead', 'cancelled');

-- One job, as workers claim. It costs less than claim_jobs with a count of 1: bench/results/queue.md.
-- name: claim_job(kind, worker, token, lease_ms)
WITH leased AS (
  INSERT INTO job_leases(job, token, worker, until)
  SELECT id, :token, :worker, lease_now()+:lease_ms FROM (
    SELECT id FROM jobs WHERE state='queued' AND kind=:kind ORDER BY priority, id LIMIT 1 FOR UPDATE SKIP LOCKED) AS picked
  RETURNING job)
UPDATE jobs SET state='running', attempts=attempts+1, started_at=now_ms() WHERE id=(SELECT job FROM leased)
RETURNING id, attempts, errors, errors_max, crashes, kills, document, page_index, payload, memo, priority;

-- The picked ids are an array and not a join: whatever the planner thinks of their count, they are looked up one by one.
-- name: claim_jobs(kind, count, worker, token, lease_ms)
WITH leased AS (
  INSERT INTO job_leases(job, token, worker, until)
  SELECT id, :token, :worker, lease_now()+:lease_ms FROM (
    SELECT id FROM jobs WHERE state='queued' AND kind=:kind ORDER BY priority, id LIMIT :count FOR UPDATE SKIP LOCKED) AS picked
  RETURNING job)
UPDATE jobs SET state='running', attempts=attempts+1, started_at=now_ms() WHERE id=ANY(ARRAY(SELECT job FROM leased))
RETURNING id, attempts, errors, errors_max, crashes, kills, document, page_index, payload, memo, priority;

-- The second statement is for the time after the server's clock was set back.
-- name: beat(worker, leases, lease_ms, lease_max_ms)
UPDATE workers SET beat_at=now_ms() WHERE id=:worker;
UPDATE job_leases SET until=lease_now()+:lease_ms WHERE until>lease_now()+:lease_max_ms;
WITH held AS (
  UPDATE job_leases l SET until=lease_now()+:lease_ms
  FROM jsonb_to_recordset(:leases::jsonb) AS h(job BIGINT, token BIGINT) WHERE l.job=h.job AND l.token=h.token
  RETURNING l.job)
SELECT held.job, j.is_cancelling FROM held JOIN jobs j ON j.id=held.job;

-- name: fence(job, token) must
SELECT fence(:job, :token);

-- name: is_wished_for(job) must
SELECT is_wished_for(:job);

-- A worker that is frozen, or cut off, in the middle of what it sends has a transaction open and its lease locked.
-- Nobody waits for it: the last column says so.
-- name: expired_leases()
WITH free AS MATERIALIZED (SELECT job FROM job_leases WHERE until<=lease_now() FOR UPDATE SKIP LOCKED)
SELECT l.job, l.token, l.worker, j.errors, j.errors_max, j.crashes, j.kills, j.memo, j.document, j.page_index, (free.job IS NULL)::int
FROM job_leases l JOIN jobs j ON j.id=l.job LEFT JOIN free ON free.job=l.job WHERE l.until<=lease_now() ORDER BY l.job;

-- name: leases_of_worker(worker)
WITH free AS MATERIALIZED (SELECT job FROM job_leases WHERE worker=:worker FOR UPDATE SKIP LOCKED)
SELECT l.job, l.token, l.worker, j.errors, j.errors_max, j.crashes, j.kills, j.memo, j.document, j.page_index, (free.job IS NULL)::int
FROM job_leases l JOIN jobs j ON j.id=l.job LEFT JOIN free ON free.job=l.job WHERE l.worker=:worker ORDER BY l.job;

-- Its transaction is undone, and its lease is free.
-- name: end_session(worker)
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE application_name='civicum worker '||md5(:worker) AND datname=current_database() AND usename=current_user
AND state<>'idle' AND pid<>pg_backend_pid();

-- The session's name is what end_session() knows it by.
-- name: register_worker(id, live_key, host, pid)
SELECT set_config('application_name', 'civicum worker '||md5(:id), false);
INSERT INTO workers(id, live_key, host, pid, started_at, beat_at) VALUES(:id, :live_key, :host, :pid, now_ms(), now_ms())
ON CONFLICT(id) DO UPDATE SET live_key=excluded.live_key, beat_at=excluded.beat_at;

-- Who is alive holds its lock; one that is got here is given back as the statement ends.
-- name: dead_workers(id)
SELECT id FROM workers WHERE id<>:id AND pg_try_advisory_xact_lock(live_key);

-- name: remove_dead_worker(id)
DELETE FROM workers WHERE id=:id AND pg_try_advisory_xact_lock(live_key)
AND NOT EXISTS (SELECT 1 FROM job_leases WHERE worker=:id);

-- The job leaves, and what waited only for it is queued. One statement, because each costs more than what it does
-- here; without the lease it finds no row and has done nothing. A lease that another just takes away is waited for.
-- name: end_job(job, token) must
WITH held AS (
  DELETE FROM job_leases WHERE job=:job AND token=:token RETURNING job),
ended AS (
  DELETE FROM jobs WHERE id=ANY(ARRAY(SELECT job FROM held))),
met AS (
  DELETE FROM job_needs WHERE needs=ANY(ARRAY(SELECT job FROM held)) RETURNING job),
freed AS (
  UPDATE jobs SET needs_left=needs_left-1,
    state=CASE WHEN needs_left=1 AND state='blocked' THEN 'queued' ELSE state END
  WHERE id=ANY(ARRAY(SELECT job FROM met)))
SELECT job FROM held;
