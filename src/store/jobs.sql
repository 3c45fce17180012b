-- SPDX-License-Identifier: GPL-3.0-or-later
-- Jobs: what both backends say alike. The meaning is in jobs.h. Lists of values come as JSON.

-- name: renew_lease(job, token, lease_ms, pages_done, pages_total)
UPDATE job_leases SET until=lease_now()+:lease_ms, pages_done=:pages_done, pages_total=:pages_total
WHERE job=:job AND token=:token;
SELECT j.is_cancelling FROM job_leases l JOIN jobs j ON j.id=l.job WHERE l.job=:job AND l.token=:token;

-- name: settle_job(job, state, delay_ms, errors, crashes, kills, memo, reason, detail)
UPDATE jobs SET
  state=CASE WHEN is_cancelling=1 THEN 'cancelled' ELSE CAST(:state AS TEXT) END,
  ended_at=CASE WHEN is_cancelling=1 OR CAST(:state AS TEXT)='dead' THEN now_ms() ELSE NULL END,
  run_at=now_ms()+:delay_ms, errors=:errors, crashes=:crashes, kills=:kills,
  memo=:memo, reason=:reason, detail=:detail, is_cancelling=0
WHERE id=:job;
DELETE FROM job_leases WHERE job=:job;

-- name: free_dependants(job)
UPDATE jobs SET needs_left=needs_left-1,
  state=CASE WHEN needs_left=1 AND state='blocked' THEN 'queued' ELSE state END
WHERE id IN (SELECT job FROM job_needs WHERE needs=:job)
AND NOT EXISTS (SELECT 1 FROM jobs WHERE id=:job AND state NOT IN ('dead', 'cancelled'));
DELETE FROM job_needs WHERE needs=:job
AND NOT EXISTS (SELECT 1 FROM jobs WHERE id=:job AND state NOT IN ('dead', 'cancelled'));

-- name: cancel_job(job)
UPDATE jobs SET
  is_cancelling=CASE WHEN state='running' THEN 1 ELSE 0 END,
  ended_at=CASE WHEN state IN ('blocked', 'scheduled', 'queued') THEN now_ms() ELSE ended_at END,
  reason=CASE WHEN state IN ('blocked', 'scheduled', 'queued') THEN 'cancelled' ELSE reason END,
  state=CASE WHEN state IN ('blocked', 'scheduled', 'queued') THEN 'cancelled' ELSE state END
WHERE id=:job;

-- A document that nobody is to open or to finish any more has failed, visibly.
-- name: end_if_cancelled(job)
UPDATE documents SET state='failed', reason='cancelled', detail='civicum jobs retry begins it anew', ended_at=now_ms()
WHERE state IN ('received', 'reading') AND id=(SELECT document FROM jobs WHERE id=:job AND state='cancelled')
AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.document=documents.id AND j.page_index IS NULL AND j.state NOT IN ('dead', 'cancelled'));

-- name: retry_job(job)
UPDATE jobs SET state=CASE WHEN needs_left>0 THEN 'blocked' ELSE 'queued' END,
  errors=0, crashes=0, kills=0, reason='', detail='', ended_at=NULL
WHERE id=:job AND state IN ('dead', 'cancelled', 'scheduled')
AND NOT EXISTS (SELECT 1 FROM jobs o WHERE o.unique_key=jobs.unique_key AND o.id<>jobs.id AND o.state NOT IN ('dead', 'cancelled'));
UPDATE documents SET state=CASE WHEN page_count IS NULL THEN 'received' ELSE 'reading' END, reason='', detail='', ended_at=NULL
WHERE state='failed' AND id=(SELECT document FROM jobs WHERE id=:job AND page_index IS NULL AND state IN ('queued', 'blocked'));

-- name: promote_due(count)
UPDATE jobs SET state='queued' WHERE state='scheduled'
AND id IN (SELECT id FROM jobs WHERE state='scheduled' AND run_at<=now_ms() ORDER BY run_at LIMIT :count)
RETURNING id;

-- name: next_times(worker)
SELECT (SELECT min(run_at) FROM jobs WHERE state='scheduled')-now_ms(),
  (SELECT min(until) FROM job_leases)-lease_now(),
  (SELECT count(*) FROM job_leases WHERE worker<>:worker);

-- name: forget_ended(age_ms, count)
DELETE FROM jobs WHERE id IN (
  SELECT id FROM jobs WHERE state IN ('dead', 'cancelled') AND ended_at<=now_ms()-:age_ms ORDER BY ended_at LIMIT :count)
RETURNING id;

-- name: count_jobs()
SELECT kind, state, count(*) FROM jobs GROUP BY kind, state ORDER BY kind, state;

-- name: list_jobs(state, kind, after, count)
SELECT j.id, kind, state, priority, run_at, needs_left, attempts, errors, errors_max, crashes, kills, is_cancelling,
  unique_key, document, page_index, payload, memo, reason, detail, created_at, started_at, ended_at,
  l.worker, l.pages_done, l.pages_total
FROM jobs j LEFT JOIN job_leases l ON l.job=j.id
WHERE (CAST(:state AS TEXT)='' OR state=CAST(:state AS TEXT)) AND (CAST(:kind AS TEXT)='' OR kind=CAST(:kind AS TEXT))
AND j.id>:after ORDER BY j.id LIMIT :count;

-- name: show_job(job)
SELECT j.id, kind, state, priority, run_at, needs_left, attempts, errors, errors_max, crashes, kills, is_cancelling,
  unique_key, document, page_index, payload, memo, reason, detail, created_at, started_at, ended_at,
  l.worker, l.pages_done, l.pages_total
FROM jobs j LEFT JOIN job_leases l ON l.job=j.id WHERE j.id=:job;

-- name: remove_worker(id)
DELETE FROM workers WHERE id=:id;
