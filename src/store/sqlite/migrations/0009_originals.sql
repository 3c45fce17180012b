-- SPDX-License-Identifier: GPL-3.0-or-later
-- By which a folder's mark is told from another store's (originals.h).
CREATE TABLE store_id(id TEXT NOT NULL);
INSERT INTO store_id VALUES(lower(hex(randomblob(8))));

-- Where the originals are: 'own', or the word in the mark of their folder. Decided once.
CREATE TABLE originals_place(one BIGINT PRIMARY KEY, place TEXT NOT NULL);

-- To be removed, unless a document that was handed in has them: those of removed documents at once, those that are
-- being handed in when that must have ended.
CREATE TABLE doomed_originals(sha256 TEXT PRIMARY KEY, due_at BIGINT NOT NULL);
