-- SPDX-License-Identifier: GPL-3.0-or-later
-- Opening a document and reading its pages are jobs of one kind, told apart by their first page.
UPDATE jobs SET kind='read:'||split_part(kind, ':', 2),
  payload=CASE WHEN page_index IS NULL THEN '0' ELSE payload END
WHERE kind LIKE 'open:%' OR kind LIKE 'pages:%';
