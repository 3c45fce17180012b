-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a document is called and how far it is; originals, where the database keeps them.
ALTER TABLE documents ADD COLUMN file TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN size BIGINT NOT NULL DEFAULT 0;
ALTER TABLE documents ADD COLUMN state TEXT NOT NULL DEFAULT 'reading';
ALTER TABLE documents ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN detail TEXT NOT NULL DEFAULT '';
-- 1: its original is among the blobs, so that any worker may read it.
ALTER TABLE documents ADD COLUMN is_kept BIGINT NOT NULL DEFAULT 0;
ALTER TABLE documents ADD COLUMN added_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE documents ADD COLUMN ended_at BIGINT;

-- A blob is whole once its row is here; its parts are 1 MiB each.
CREATE TABLE blobs(sha256 TEXT PRIMARY KEY, size BIGINT NOT NULL, added_at BIGINT NOT NULL);
CREATE TABLE blob_parts(sha256 TEXT NOT NULL, part BIGINT NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY(sha256, part));
