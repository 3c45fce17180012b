-- SPDX-License-Identifier: GPL-3.0-or-later
-- Documents in SQLite's words.

-- A number is never given twice: whoever still holds that of a removed document finds none, and not another.
-- name: add_document(sha256, options, file, size)
INSERT INTO documents(id, sha256, options, file, size, state, added_at)
SELECT last+1, :sha256, :options, :file, :size, 'received', now_ms() FROM document_ids WHERE true ON CONFLICT DO NOTHING;
SELECT id, type, page_count FROM documents WHERE sha256=:sha256 AND options=:options;
