-- SPDX-License-Identifier: GPL-3.0-or-later
-- What must hold of a store (check.h): each row is one thing that does not.

-- name: check_rows(count)
SELECT 'document', d.id, 'it ended with another number of pages than it has' FROM documents d
WHERE d.state IN ('done', 'done_with_gaps')
AND (d.page_count IS NULL OR d.page_count<>(SELECT count(*) FROM pages p WHERE p.document=d.id))
UNION ALL
SELECT 'document', d.id, 'it was handed in and nothing is being done about it' FROM documents d
WHERE d.is_kept=1 AND d.state IN ('received', 'reading') AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.document=d.id)
UNION ALL
SELECT 'document', d.id, 'it ended as done and has gaps' FROM documents d
WHERE d.state='done' AND EXISTS (SELECT 1 FROM pages p WHERE p.document=d.id AND p.is_gap=1)
UNION ALL
SELECT 'document', d.id, 'it ended with gaps and has none' FROM documents d
WHERE d.state='done_with_gaps' AND NOT EXISTS (SELECT 1 FROM pages p WHERE p.document=d.id AND p.is_gap=1)
UNION ALL
SELECT 'document', d.id, 'it has a page behind its last' FROM documents d
WHERE EXISTS (SELECT 1 FROM pages p WHERE p.document=d.id AND (p.page_index<0 OR p.page_index>=d.page_count))
UNION ALL
SELECT 'page', p.document, 'it belongs to no document' FROM pages p
WHERE NOT EXISTS (SELECT 1 FROM documents d WHERE d.id=p.document)
UNION ALL
SELECT DISTINCT 'document', p.document, 'search does not find all its pages: civicum store init mends that' FROM pages p
WHERE NOT EXISTS (SELECT 1 FROM search_pages s WHERE s.page_key=p.document*131072+p.page_index)
UNION ALL
SELECT DISTINCT 'document', s.page_key/131072, 'search still has a page of it that is not there' FROM search_pages s
WHERE NOT EXISTS (SELECT 1 FROM pages p WHERE p.document=s.page_key/131072 AND p.page_index=s.page_key%131072)
UNION ALL
SELECT 'lease', l.job, 'its job does not run' FROM job_leases l
WHERE NOT EXISTS (SELECT 1 FROM jobs j WHERE j.id=l.job AND j.state='running')
UNION ALL
SELECT 'job', j.id, 'it runs without a lease' FROM jobs j
WHERE j.state='running' AND NOT EXISTS (SELECT 1 FROM job_leases l WHERE l.job=j.id)
UNION ALL
SELECT 'job', j.id, 'it waits for another number of jobs than it needs' FROM jobs j
WHERE j.state='blocked' AND j.needs_left<>(SELECT count(*) FROM job_needs n WHERE n.job=j.id)
UNION ALL
SELECT 'job', n.job, 'it waits for a job that is not there' FROM job_needs n
WHERE NOT EXISTS (SELECT 1 FROM jobs j WHERE j.id=n.needs)
UNION ALL
SELECT 'job', j.id, 'its document is not there' FROM jobs j
WHERE j.document IS NOT NULL AND NOT EXISTS (SELECT 1 FROM documents d WHERE d.id=j.document)
UNION ALL
SELECT 'removals', u.removals, 'they are not out of the database''s files yet: the next docs remove does it, or the next worker that starts'
FROM unscrubbed u
LIMIT :count;

-- name: doomed_later()
SELECT sha256 FROM doomed_originals WHERE due_at>now_ms();

-- name: kept_documents(after, count)
SELECT id, sha256 FROM documents WHERE is_kept=1 AND id>:after ORDER BY id LIMIT :count;
