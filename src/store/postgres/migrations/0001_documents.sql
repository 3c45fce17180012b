-- SPDX-License-Identifier: GPL-3.0-or-later
-- is_bettered: a gap or a degraded page, worth another try with a larger allowance.
CREATE TABLE documents(
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  sha256 TEXT NOT NULL,
  options TEXT NOT NULL,
  type BIGINT,
  page_count BIGINT,
  UNIQUE(sha256, options));
CREATE TABLE pages(
  document BIGINT NOT NULL REFERENCES documents(id),
  page_index BIGINT NOT NULL,
  is_gap BIGINT NOT NULL,
  is_bettered BIGINT NOT NULL,
  outcome BYTEA NOT NULL,
  attempts BIGINT NOT NULL,
  sandbox TEXT NOT NULL,
  limit_bytes BIGINT NOT NULL,
  page_seconds BIGINT NOT NULL,
  PRIMARY KEY(document, page_index));
