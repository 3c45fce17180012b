-- SPDX-License-Identifier: GPL-3.0-or-later
-- The mark of the folder that holds the originals, where it is not the store's own place (originals.h).
CREATE TABLE originals_folder(one BIGINT PRIMARY KEY, mark TEXT NOT NULL);

-- Of documents that were removed: to be removed as well, unless another document has them.
CREATE TABLE doomed_originals(sha256 TEXT PRIMARY KEY);
