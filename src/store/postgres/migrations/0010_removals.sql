-- SPDX-License-Identifier: GPL-3.0-or-later
-- How many removals there were since what was removed was last taken out of the database's files; no row: none.
CREATE TABLE unscrubbed(one BIGINT PRIMARY KEY, removals BIGINT NOT NULL);

-- Undoes the whole transaction of a job that somebody has cancelled; whoever would cancel it from here on waits.
CREATE FUNCTION is_wished_for(wished_job BIGINT) RETURNS BIGINT LANGUAGE plpgsql AS
$$
BEGIN
  PERFORM 1 FROM jobs WHERE id=wished_job AND is_cancelling=0 FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'job % is cancelled', wished_job USING ERRCODE='CV001';
  END IF;
  RETURN wished_job;
END
$$;
