-- SPDX-License-Identifier: GPL-3.0-or-later
-- Search in SQLite's words: FTS5. Rows come in the order of their keys, and no more are looked at than asked for.

-- name: index_page(page_key, word_count, repeats, stems, forms, pairs)
DELETE FROM search_words WHERE rowid=:page_key;
INSERT INTO search_words(rowid, stems, forms) VALUES(:page_key, :stems, :forms);
INSERT INTO search_pages(page_key, word_count, repeats) VALUES(:page_key, :word_count, :repeats)
ON CONFLICT(page_key) DO UPDATE SET word_count=excluded.word_count, repeats=excluded.repeats;

-- name: unindex_document(first_key, last_key)
DELETE FROM search_words
WHERE rowid IN (SELECT page_key FROM search_pages WHERE page_key BETWEEN :first_key AND :last_key);
DELETE FROM search_pages WHERE page_key BETWEEN :first_key AND :last_key;

-- name: find_pages(fts5_match, ts_query, count)
SELECT p.page_key, p.word_count, p.repeats
FROM search_words w CROSS JOIN search_pages p ON p.page_key=w.rowid
WHERE search_words MATCH :fts5_match ORDER BY w.rowid LIMIT :count;

-- name: merge_index(pages)
INSERT INTO search_words(search_words, rank) VALUES('merge', :pages);
SELECT total_changes();

-- name: count_index_changes()
SELECT total_changes();
