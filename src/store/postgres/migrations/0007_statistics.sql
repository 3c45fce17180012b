-- SPDX-License-Identifier: GPL-3.0-or-later
-- The server keeps samples of columns as statistics, also once their rows are gone: none of what a document is or
-- says. No plan of ours needs them.
ALTER TABLE documents ALTER COLUMN sha256 SET STATISTICS 0;
ALTER TABLE documents ALTER COLUMN file SET STATISTICS 0;
ALTER TABLE documents ALTER COLUMN detail SET STATISTICS 0;
ALTER TABLE pages ALTER COLUMN outcome SET STATISTICS 0;
ALTER TABLE search_pages ALTER COLUMN repeats SET STATISTICS 0;
ALTER TABLE search_pages ALTER COLUMN words SET STATISTICS 0;
ALTER TABLE jobs ALTER COLUMN unique_key SET STATISTICS 0;
ALTER TABLE jobs ALTER COLUMN payload SET STATISTICS 0;
ALTER TABLE jobs ALTER COLUMN memo SET STATISTICS 0;
ALTER TABLE jobs ALTER COLUMN detail SET STATISTICS 0;
ALTER TABLE blobs ALTER COLUMN sha256 SET STATISTICS 0;
ALTER TABLE blob_parts ALTER COLUMN sha256 SET STATISTICS 0;
ALTER TABLE blob_parts ALTER COLUMN bytes SET STATISTICS 0;
