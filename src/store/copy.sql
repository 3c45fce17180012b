-- SPDX-License-Identifier: GPL-3.0-or-later
-- A store's tables row by row, from one database to another (copy.h). What runs is queued there.

-- name: documents_from(id, count)
SELECT id, sha256, options, type, page_count, file, size, state, reason, detail, added_at, ended_at, is_kept
FROM documents WHERE id>:id ORDER BY id LIMIT :count;

-- name: pages_from(document, page_index, count)
SELECT document, page_index, is_gap, is_bettered, outcome, attempts, sandbox, limit_bytes, page_seconds
FROM pages WHERE document>:document OR (document=:document AND page_index>:page_index)
ORDER BY document, page_index LIMIT :count;

-- name: page_to(document, page_index, is_gap, is_bettered, outcome, attempts, sandbox, limit_bytes, page_seconds)
INSERT INTO pages(document, page_index, is_gap, is_bettered, outcome, attempts, sandbox, limit_bytes, page_seconds)
VALUES(:document, :page_index, :is_gap, :is_bettered, :outcome, :attempts, :sandbox, :limit_bytes, :page_seconds);

-- name: jobs_from(id, count)
SELECT id, kind, CASE WHEN state='running' THEN 'queued' ELSE state END, priority, run_at, needs_left,
  attempts, errors, errors_max, crashes, kills, unique_key, document, page_index, payload, memo,
  reason, detail, created_at, started_at, ended_at
FROM jobs WHERE id>:id ORDER BY id LIMIT :count;

-- name: job_to(id, kind, state, priority, run_at, needs_left, attempts, errors, errors_max, crashes, kills, unique_key, document, page_index, payload, memo, reason, detail, created_at, started_at, ended_at)
INSERT INTO jobs(id, kind, state, priority, run_at, needs_left, attempts, errors, errors_max, crashes, kills, unique_key, document, page_index, payload, memo, reason, detail, created_at, started_at, ended_at)
VALUES(:id, :kind, :state, :priority, :run_at, :needs_left, :attempts, :errors, :errors_max, :crashes, :kills, :unique_key, :document, :page_index, :payload, :memo, :reason, :detail, :created_at, :started_at, :ended_at);

-- name: needs_from(needs, job, count)
SELECT needs, job FROM job_needs WHERE needs>:needs OR (needs=:needs AND job>:job) ORDER BY needs, job LIMIT :count;

-- name: need_to(needs, job)
INSERT INTO job_needs(needs, job) VALUES(:needs, :job);

-- name: has_rows()
SELECT id FROM documents UNION ALL SELECT id FROM jobs LIMIT 1;
