-- SPDX-License-Identifier: GPL-3.0-or-later
-- Jobs in SQLite's words: no data-modifying WITH, so a step is several statements of one transaction.

-- name: enqueue(jobs, needs)
UPDATE job_ids SET last=last+json_array_length(:jobs);
WITH ids(first) AS (SELECT last-json_array_length(:jobs)+1 FROM job_ids)
INSERT INTO jobs(id, kind, state, priority, run_at, needs_left, errors_max, unique_key, document, page_index, payload, created_at)
SELECT first+(value->>'place'), value->>'kind',
  CASE WHEN value->>'needs_left'>0 THEN 'blocked' WHEN value->>'delay_ms'>0 THEN 'scheduled' ELSE 'queued' END,
  value->>'priority', now_ms()+(value->>'delay_ms'), value->>'needs_left', value->>'errors_max', value->>'unique_key',
  value->>'document', value->>'page_index', value->>'payload', now_ms()
FROM ids, json_each(:jobs) WHERE value->>'is_first' IS NULL OR EXISTS (
    SELECT 1 FROM documents d WHERE d.id=value->>'document' AND d.state IN ('received', 'reading')
    AND NOT EXISTS (SELECT 1 FROM jobs o WHERE o.document=d.id AND o.state NOT IN ('dead', 'cancelled')))
ON CONFLICT DO NOTHING;
WITH ids(first) AS (SELECT last-json_array_length(:jobs)+1 FROM job_ids)
INSERT INTO job_needs(needs, job) SELECT first+(value->>'needs'), first+(value->>'job') FROM ids, json_each(:needs)
WHERE EXISTS (SELECT 1 FROM jobs WHERE id=first+(value->>'job'))
ON CONFLICT DO NOTHING;
WITH ids(first) AS (SELECT last-json_array_length(:jobs)+1 FROM job_ids)
SELECT value->>'place', jobs.id FROM ids, json_each(:jobs) new LEFT JOIN jobs ON jobs.id=first+(new.value->>'place');

-- name: enqueue_job(kind, priority, delay_ms, errors_max, unique_key, document, page_index, payload, is_first)
UPDATE job_ids SET last=last+1;
INSERT INTO jobs(id, kind, state, priority, run_at, needs_left, errors_max, unique_key, document, page_index, payload, created_at)
SELECT last, :kind, CASE WHEN :delay_ms>0 THEN 'scheduled' ELSE 'queued' END,
  :priority, now_ms()+:delay_ms, 0, :errors_max, :unique_key, :document, :page_index, :payload, now_ms()
FROM job_ids WHERE :is_first=0 OR EXISTS (
  SELECT 1 FROM documents d WHERE d.id=:document AND d.state IN ('received', 'reading')
  AND NOT EXISTS (SELECT 1 FROM jobs o WHERE o.document=d.id AND o.state NOT IN ('dead', 'cancelled')))
ON CONFLICT DO NOTHING RETURNING 0, id;

-- name: open_jobs(jobs)
SELECT value->>'place', j.id FROM json_each(:jobs) JOIN jobs j ON j.unique_key=value->>'unique_key'
WHERE j.state NOT IN ('dead', 'cancelled');

-- One job, as workers claim. A lease's rowid is its job, so that the statements after the first look up one row
-- and need no temporary table; changes() is 0 where the one before found none.
-- name: claim_job(kind, worker, token, lease_ms)
INSERT INTO job_leases(job, token, worker, until)
SELECT id, :token, :worker, lease_now()+:lease_ms FROM jobs WHERE state='queued' AND kind=:kind ORDER BY priority, id LIMIT 1;
UPDATE jobs SET state='running', attempts=attempts+1, started_at=now_ms() WHERE id=last_insert_rowid() AND changes()=1;
SELECT id, attempts, errors, errors_max, crashes, kills, document, page_index, payload, memo, priority
FROM jobs WHERE id=last_insert_rowid() AND changes()=1;

-- Both statements pick the same jobs: nobody else writes between them. Not by the token, which has no index.
-- name: claim_jobs(kind, count, worker, token, lease_ms)
INSERT INTO job_leases(job, token, worker, until)
SELECT id, :token, :worker, lease_now()+:lease_ms FROM jobs WHERE state='queued' AND kind=:kind ORDER BY priority, id LIMIT :count;
UPDATE jobs SET state='running', attempts=attempts+1, started_at=now_ms()
WHERE id IN (SELECT id FROM jobs WHERE state='queued' AND kind=:kind ORDER BY priority, id LIMIT :count)
RETURNING id, attempts, errors, errors_max, crashes, kills, document, page_index, payload, memo, priority;

-- name: beat(worker, leases, lease_ms, lease_max_ms)
UPDATE workers SET beat_at=now_ms() WHERE id=:worker;
UPDATE job_leases SET until=lease_now()+:lease_ms
WHERE EXISTS (SELECT 1 FROM json_each(:leases) WHERE value->>'job'=job AND value->>'token'=token);
SELECT l.job, j.is_cancelling FROM json_each(:leases) held
JOIN job_leases l ON l.job=held.value->>'job' AND l.token=held.value->>'token' JOIN jobs j ON j.id=l.job;

-- name: fence(job, token) must
SELECT job FROM job_leases WHERE job=:job AND token=:token;

-- name: is_wished_for(job) must
SELECT id FROM jobs WHERE id=:job AND is_cancelling=0;

-- Nobody holds a transaction open here while it is asked.
-- name: expired_leases()
SELECT l.job, l.token, l.worker, j.errors, j.errors_max, j.crashes, j.kills, j.memo, j.document, j.page_index, 0
FROM job_leases l JOIN jobs j ON j.id=l.job WHERE l.until<=lease_now() ORDER BY l.job;

-- name: leases_of_worker(worker)
SELECT l.job, l.token, l.worker, j.errors, j.errors_max, j.crashes, j.kills, j.memo, j.document, j.page_index, 0
FROM job_leases l JOIN jobs j ON j.id=l.job WHERE l.worker=:worker ORDER BY l.job;

-- name: end_session(worker)
SELECT 0 WHERE false;

-- name: register_worker(id, live_key, host, pid)
INSERT INTO workers(id, live_key, host, pid, started_at, beat_at) VALUES(:id, :live_key, :host, :pid, now_ms(), now_ms())
ON CONFLICT(id) DO UPDATE SET live_key=excluded.live_key, beat_at=excluded.beat_at;

-- One worker owns the store: no other is alive.
-- name: dead_workers(id)
SELECT id FROM workers WHERE id<>:id;

-- name: remove_dead_worker(id)
DELETE FROM workers WHERE id=:id AND NOT EXISTS (SELECT 1 FROM job_leases WHERE worker=:id);

-- The lease goes last, because the others ask for it and its row is the answer.
-- name: end_job(job, token) must
UPDATE jobs SET needs_left=needs_left-1,
  state=CASE WHEN needs_left=1 AND state='blocked' THEN 'queued' ELSE state END
WHERE id IN (SELECT job FROM job_needs WHERE needs=:job)
AND EXISTS (SELECT 1 FROM job_leases WHERE job=:job AND token=:token);
DELETE FROM job_needs WHERE needs=:job AND EXISTS (SELECT 1 FROM job_leases WHERE job=:job AND token=:token);
DELETE FROM jobs WHERE id=:job AND EXISTS (SELECT 1 FROM job_leases WHERE job=:job AND token=:token);
DELETE FROM job_leases WHERE job=:job AND token=:token RETURNING job;
