-- SPDX-License-Identifier: GPL-3.0-or-later
-- Documents and pages: what both backends say alike. The meaning is in documents.h.

-- name: find_document(sha256, options)
SELECT id, type, page_count FROM documents WHERE sha256=:sha256 AND options=:options;

-- name: add_document(sha256, options, file, size)
INSERT INTO documents(sha256, options, file, size, state, added_at)
VALUES(:sha256, :options, :file, :size, 'received', now_ms()) ON CONFLICT DO NOTHING;
SELECT id, type, page_count FROM documents WHERE sha256=:sha256 AND options=:options;

-- name: save_opened(document, type, page_count)
UPDATE documents SET type=:type, page_count=:page_count WHERE id=:document;

-- name: save_page(document, page_index, is_gap, is_bettered, outcome, attempts, sandbox, limit_bytes, page_seconds)
INSERT INTO pages(document, page_index, is_gap, is_bettered, outcome, attempts, sandbox, limit_bytes, page_seconds)
VALUES(:document, :page_index, :is_gap, :is_bettered, :outcome, :attempts, :sandbox, :limit_bytes, :page_seconds)
ON CONFLICT(document, page_index) DO UPDATE SET
  is_gap=excluded.is_gap, is_bettered=excluded.is_bettered, outcome=excluded.outcome, attempts=excluded.attempts,
  sandbox=excluded.sandbox, limit_bytes=excluded.limit_bytes, page_seconds=excluded.page_seconds;

-- name: load_page(document, page_index)
SELECT is_gap, outcome, attempts, sandbox, limit_bytes, page_seconds FROM pages
WHERE document=:document AND page_index=:page_index;

-- name: settled_pages(document, limit_bytes, page_seconds)
SELECT page_index FROM pages WHERE document=:document
AND (is_bettered=0 OR (limit_bytes>=:limit_bytes AND page_seconds>=:page_seconds));

-- name: gap_pages(document)
SELECT page_index FROM pages WHERE document=:document AND is_gap=1 ORDER BY page_index;

-- name: count_ended(document)
SELECT count(*) FROM pages WHERE document=:document;

-- The first statement waits for a removal of the same content that is still under way, even where whoever ordered it
-- is gone; what was not removed is not doomed.
-- name: keep_document(document, file, size)
INSERT INTO doomed_originals SELECT sha256, now_ms() FROM documents WHERE id=:document ON CONFLICT DO NOTHING;
DELETE FROM doomed_originals WHERE sha256=(SELECT sha256 FROM documents WHERE id=:document);
UPDATE documents SET is_kept=1, size=:size, file=CASE WHEN file='' THEN CAST(:file AS TEXT) ELSE file END WHERE id=:document;
UPDATE documents SET state='received', reason='', detail='', ended_at=NULL WHERE id=:document AND state='failed'
AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.document=documents.id AND jobs.state NOT IN ('dead', 'cancelled'));

-- name: is_pending(document)
SELECT 1 FROM jobs WHERE document=:document AND state NOT IN ('dead', 'cancelled') LIMIT 1;

-- name: is_being_read(document)
SELECT 1 FROM jobs WHERE document=:document AND kind LIKE 'read:%' AND state NOT IN ('dead', 'cancelled') LIMIT 1;

-- name: begin_document(document)
UPDATE documents SET state='reading', reason='', detail='', ended_at=NULL WHERE id=:document;

-- name: end_document(document)
UPDATE documents SET ended_at=now_ms(), reason='', detail='',
  state=CASE WHEN EXISTS (SELECT 1 FROM pages WHERE document=:document AND is_gap=1) THEN 'done_with_gaps' ELSE 'done' END
WHERE id=:document;

-- name: renew_end(document)
UPDATE documents SET
  state=CASE WHEN EXISTS (SELECT 1 FROM pages WHERE document=:document AND is_gap=1) THEN 'done_with_gaps' ELSE 'done' END
WHERE id=:document AND state IN ('done', 'done_with_gaps');

-- name: fail_document(document, reason, detail)
UPDATE documents SET ended_at=now_ms(), state='failed', reason=:reason, detail=:detail WHERE id=:document;

-- name: show_document(document)
SELECT id, file, sha256, options, state, type, page_count, size, reason, detail, added_at, ended_at, is_kept,
  (SELECT count(*) FROM pages p WHERE p.document=documents.id AND is_gap=0),
  (SELECT count(*) FROM pages p WHERE p.document=documents.id AND is_gap=1)
FROM documents WHERE id=:document;

-- name: list_documents(state, after, count)
SELECT id, file, sha256, options, state, type, page_count, size, reason, detail, added_at, ended_at, is_kept,
  (SELECT count(*) FROM pages p WHERE p.document=documents.id AND is_gap=0),
  (SELECT count(*) FROM pages p WHERE p.document=documents.id AND is_gap=1)
FROM documents WHERE (CAST(:state AS TEXT)='' OR state=CAST(:state AS TEXT)) AND id>:after ORDER BY id LIMIT :count;

-- name: documents_of_content(sha256)
SELECT id FROM documents WHERE sha256=:sha256;

-- name: ended_pages(document, first, count, limit_bytes, page_seconds)
SELECT page_index FROM pages WHERE document=:document AND page_index>=:first AND page_index<:first+:count
AND (is_bettered=0 OR (limit_bytes>=:limit_bytes AND page_seconds>=:page_seconds));

-- name: stranded_documents(count)
SELECT id FROM documents WHERE state IN ('received', 'reading') AND is_kept=1
AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.document=documents.id AND jobs.state<>'dead') ORDER BY id LIMIT :count;

-- Leases are taken first, as workers take them; one of a job that is claimed just then is there once its job is gone.
-- name: remove_document(document)
INSERT INTO doomed_originals SELECT sha256, now_ms() FROM documents WHERE id=:document
ON CONFLICT(sha256) DO UPDATE SET due_at=excluded.due_at;
DELETE FROM job_leases WHERE job IN (SELECT id FROM jobs WHERE document=:document);
DELETE FROM job_needs WHERE job IN (SELECT id FROM jobs WHERE document=:document)
OR needs IN (SELECT id FROM jobs WHERE document=:document);
DELETE FROM jobs WHERE document=:document;
DELETE FROM job_leases WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE id=job_leases.job);
DELETE FROM pages WHERE document=:document;
DELETE FROM documents WHERE id=:document;
INSERT INTO unscrubbed VALUES(1, 1) ON CONFLICT(one) DO UPDATE SET removals=unscrubbed.removals+1;

-- name: unscrubbed()
SELECT removals FROM unscrubbed;

-- Removals that came meanwhile are still to be scrubbed.
-- name: end_scrub(removals)
DELETE FROM unscrubbed WHERE removals=:removals;

-- One that was not handed in whole, of which nothing has come.
-- name: take_back_document(document)
DELETE FROM documents WHERE id=:document AND is_kept=0 AND state='received'
AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.document=documents.id)
AND NOT EXISTS (SELECT 1 FROM pages WHERE pages.document=documents.id);
