-- SPDX-License-Identifier: GPL-3.0-or-later
-- The highest number that a document ever had, whoever wrote it.
CREATE TABLE document_ids(last BIGINT NOT NULL);
INSERT INTO document_ids SELECT coalesce(max(id), 0) FROM documents;
CREATE TRIGGER documents_numbered AFTER INSERT ON documents BEGIN
  UPDATE document_ids SET last=max(last, new.id);
END;
