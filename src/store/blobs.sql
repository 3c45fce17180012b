-- SPDX-License-Identifier: GPL-3.0-or-later
-- Originals in the database. The meaning is in blobs.h.

-- name: has_blob(sha256)
SELECT size FROM blobs WHERE sha256=:sha256;

-- Waits for a removal that is under way.
-- name: hold_blob(sha256)
UPDATE blobs SET size=size WHERE sha256=:sha256;
SELECT size FROM blobs WHERE sha256=:sha256;

-- name: add_blob_part(sha256, part, bytes)
INSERT INTO blob_parts(sha256, part, bytes) VALUES(:sha256, :part, :bytes)
ON CONFLICT(sha256, part) DO UPDATE SET bytes=excluded.bytes;

-- name: add_blob(sha256, size)
INSERT INTO blobs(sha256, size, added_at) VALUES(:sha256, :size, now_ms()) ON CONFLICT DO NOTHING;

-- name: blob_part(sha256, part)
SELECT bytes FROM blob_parts WHERE sha256=:sha256 AND part=:part;

-- name: remove_blob(sha256)
DELETE FROM blobs WHERE sha256=:sha256 AND NOT EXISTS (SELECT 1 FROM documents WHERE sha256=:sha256 AND is_kept=1);
DELETE FROM blob_parts WHERE sha256=:sha256 AND NOT EXISTS (SELECT 1 FROM blobs WHERE sha256=:sha256);

-- name: list_blobs(after, count)
SELECT sha256 FROM blobs WHERE sha256>:after ORDER BY sha256 LIMIT :count;

-- name: store_id()
SELECT id FROM store_id;

-- name: originals_place()
SELECT place FROM originals_place;

-- The first who says it decides.
-- name: set_originals_place(place)
INSERT INTO originals_place(one, place) VALUES(1, :place) ON CONFLICT DO NOTHING;
SELECT place FROM originals_place;

-- name: doom_original(sha256, delay_ms)
INSERT INTO doomed_originals(sha256, due_at) VALUES(:sha256, now_ms()+:delay_ms) ON CONFLICT DO NOTHING;

-- name: doomed_originals()
SELECT sha256, (SELECT count(*) FROM documents d WHERE d.sha256=o.sha256 AND d.is_kept=1) FROM doomed_originals o
WHERE due_at<=now_ms() ORDER BY sha256;

-- name: forget_doomed(sha256)
DELETE FROM doomed_originals WHERE sha256=:sha256;
