-- SPDX-License-Identifier: GPL-3.0-or-later
-- is_bettered: a gap or a degraded page, worth another try with a larger allowance.
CREATE TABLE documents(
  id INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL,
  options TEXT NOT NULL,
  type INTEGER,
  page_count INTEGER,
  UNIQUE(sha256, options));
CREATE TABLE pages(
  document INTEGER NOT NULL REFERENCES documents(id),
  page_index INTEGER NOT NULL,
  is_gap INTEGER NOT NULL,
  is_bettered INTEGER NOT NULL,
  outcome BLOB NOT NULL,
  attempts INTEGER NOT NULL,
  sandbox TEXT NOT NULL,
  limit_bytes INTEGER NOT NULL,
  page_seconds INTEGER NOT NULL,
  UNIQUE(document, page_index));
