-- SPDX-License-Identifier: GPL-3.0-or-later

-- The server looks after its files; here are originals that are not whole.
-- name: check_file()
SELECT DISTINCT 'the original '||sha256||' was never whole' FROM blob_parts p
WHERE NOT EXISTS (SELECT 1 FROM blobs b WHERE b.sha256=p.sha256)
UNION ALL
SELECT 'the original '||sha256||' has not all its bytes' FROM blobs b
WHERE size<>(SELECT coalesce(sum(octet_length(bytes)), 0) FROM blob_parts p WHERE p.sha256=b.sha256)
LIMIT 20;

-- Words stand in the rows of search_pages.
-- name: check_words(count)
SELECT CAST('' AS TEXT), CAST(0 AS BIGINT), CAST('' AS TEXT) WHERE CAST(:count AS BIGINT)<0;

-- name: check_index()
SELECT CAST(0 AS BIGINT);
