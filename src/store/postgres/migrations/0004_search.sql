-- SPDX-License-Identifier: GPL-3.0-or-later
-- page_key=document*131072+page_index (search.cpp). The row without its words is what ranking reads, of thousands
-- of pages: the words, which only a phrase is checked against, are moved out of it.
CREATE TABLE search_pages(
  page_key BIGINT PRIMARY KEY,
  word_count BIGINT NOT NULL,
  repeats BYTEA NOT NULL,
  words tsvector NOT NULL)
WITH (toast_tuple_target=128);
ALTER TABLE search_pages ALTER COLUMN repeats SET STORAGE MAIN;
CREATE INDEX search_pages_words ON search_pages USING gin(words);
