-- SPDX-License-Identifier: GPL-3.0-or-later

-- The server looks after its files; here are the parts of originals that were never whole.
-- name: check_file()
SELECT DISTINCT 'the parts of the original '||sha256||' are not whole' FROM blob_parts p
WHERE NOT EXISTS (SELECT 1 FROM blobs b WHERE b.sha256=p.sha256) LIMIT 20;
