-- SPDX-License-Identifier: GPL-3.0-or-later
-- Originals in the database. The meaning is in blobs.h.

-- name: has_blob(sha256)
SELECT size FROM blobs WHERE sha256=:sha256;

-- name: add_blob_part(sha256, part, bytes)
INSERT INTO blob_parts(sha256, part, bytes) VALUES(:sha256, :part, :bytes)
ON CONFLICT(sha256, part) DO UPDATE SET bytes=excluded.bytes;

-- name: add_blob(sha256, size)
INSERT INTO blobs(sha256, size, added_at) VALUES(:sha256, :size, now_ms()) ON CONFLICT DO NOTHING;

-- name: blob_part(sha256, part)
SELECT bytes FROM blob_parts WHERE sha256=:sha256 AND part=:part;

-- name: remove_blob(sha256)
DELETE FROM blobs WHERE sha256=:sha256;
DELETE FROM blob_parts WHERE sha256=:sha256;

-- name: list_blobs(after, count)
SELECT sha256 FROM blobs WHERE sha256>:after ORDER BY sha256 LIMIT :count;

-- name: doomed_originals()
SELECT sha256, (SELECT count(*) FROM documents d WHERE d.sha256=o.sha256) FROM doomed_originals o ORDER BY sha256;

-- name: forget_doomed(sha256)
DELETE FROM doomed_originals WHERE sha256=:sha256;

-- name: originals_mark()
SELECT mark FROM originals_folder;

-- The first who says it decides.
-- name: set_originals_mark(mark)
INSERT INTO originals_folder(one, mark) VALUES(1, :mark) ON CONFLICT DO NOTHING;
SELECT mark FROM originals_folder;

-- name: forget_originals_mark()
DELETE FROM originals_folder;
