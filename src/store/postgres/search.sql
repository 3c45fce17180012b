-- SPDX-License-Identifier: GPL-3.0-or-later
-- Search in PostgreSQL's words: a tsvector of stems with their positions, and of forms and pairs without any, made
-- of exactly these words.

-- name: index_page(page_key, word_count, repeats, stems, forms, pairs)
INSERT INTO search_pages(page_key, word_count, repeats, words)
SELECT CAST(:page_key AS BIGINT), CAST(:word_count AS BIGINT), CAST(:repeats AS BYTEA),
  CAST(coalesce(string_agg(word || ':' || ordinal, ' '), '') AS tsvector)
  || CAST(:forms AS tsvector) || CAST(:pairs AS tsvector)
FROM unnest(string_to_array(:stems, ' ')) WITH ORDINALITY AS stem(word, ordinal)
ON CONFLICT(page_key) DO UPDATE SET word_count=excluded.word_count, repeats=excluded.repeats, words=excluded.words;

-- name: unindex_document(first_key, last_key)
DELETE FROM search_pages WHERE page_key BETWEEN :first_key AND :last_key;

-- page_key+0: not in the order of the primary key's index, which would check the words of page after page.
-- name: find_pages(fts5_match, ts_query, count)
SELECT page_key, word_count, repeats FROM search_pages
WHERE words @@ CAST(:ts_query AS tsquery) ORDER BY page_key+0 LIMIT :count;

-- Removed words are the business of the server's own vacuum.
-- name: merge_index(pages)
SELECT CAST(0 AS BIGINT);

-- name: count_index_changes()
SELECT CAST(0 AS BIGINT);
