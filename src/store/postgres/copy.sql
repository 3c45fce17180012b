-- SPDX-License-Identifier: GPL-3.0-or-later

-- name: document_to(id, sha256, options, type, page_count, file, size, state, reason, detail, added_at, ended_at, is_kept)
INSERT INTO documents(id, sha256, options, type, page_count, file, size, state, reason, detail, added_at, ended_at, is_kept) OVERRIDING SYSTEM VALUE
VALUES(:id, :sha256, :options, :type, :page_count, :file, :size, :state, :reason, :detail, :added_at, :ended_at, :is_kept);

-- Numbers go on behind those that were copied.
-- name: end_copy()
SELECT setval('job_ids', (SELECT coalesce(max(id), 0)+1 FROM jobs), false);
SELECT setval(pg_get_serial_sequence('documents', 'id'), (SELECT coalesce(max(id), 0)+1 FROM documents), false);
