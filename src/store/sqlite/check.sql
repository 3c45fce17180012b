-- SPDX-License-Identifier: GPL-3.0-or-later

-- name: check_file()
PRAGMA integrity_check(20);

-- FTS5 keeps the words in a table of its own.
-- name: check_words(count)
SELECT DISTINCT 'document', w.id/131072, 'search has other words than pages of it' FROM search_words_content w
WHERE NOT EXISTS (SELECT 1 FROM search_pages s WHERE s.page_key=w.id)
UNION
SELECT DISTINCT 'document', s.page_key/131072, 'search has other words than pages of it' FROM search_pages s
WHERE NOT EXISTS (SELECT 1 FROM search_words_content w WHERE w.id=s.page_key)
LIMIT :count;

-- An error of its own where the index is not what its words say.
-- name: check_index()
INSERT INTO search_words(search_words) VALUES('integrity-check');
