-- SPDX-License-Identifier: GPL-3.0-or-later
-- Documents and pages: what both backends say alike. The meaning is in documents.h.

-- name: find_document(sha256, options)
SELECT id, type, page_count FROM documents WHERE sha256=:sha256 AND options=:options;

-- name: add_document(sha256, options)
INSERT INTO documents(sha256, options) VALUES(:sha256, :options) ON CONFLICT DO NOTHING;
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
