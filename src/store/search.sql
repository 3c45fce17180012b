-- SPDX-License-Identifier: GPL-3.0-or-later
-- Search: what both backends say alike. The meaning is in search.h and search_index.h.

-- name: pages_without_index(count)
SELECT document, page_index FROM pages
WHERE NOT EXISTS (SELECT 1 FROM search_pages WHERE page_key=document*131072+page_index)
ORDER BY document, page_index LIMIT :count;
