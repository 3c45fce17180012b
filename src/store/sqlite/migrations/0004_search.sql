-- SPDX-License-Identifier: GPL-3.0-or-later
-- page_key=document*131072+page_index (search.cpp). The stems and forms come parted by spaces, as letters and
-- digits in small letters; 'ascii' takes them as they are. FTS5 keeps them beside its index, because it must be
-- told exactly what it had indexed before it can forget a page; a text cut into words anew by another release
-- might not be that. FTS5 of this age has no index without content that can forget.
CREATE TABLE search_pages(
  page_key INTEGER PRIMARY KEY,
  word_count INTEGER NOT NULL,
  repeats BLOB NOT NULL);
CREATE VIRTUAL TABLE search_words USING fts5(stems, forms, tokenize='ascii', columnsize=0);
