-- What the purges look for.
CREATE INDEX "mail_tokens_expires_at_idx" ON "mail_tokens"("expires_at");
CREATE INDEX "invites_decided_idx" ON "invites" ("decided_at") WHERE "decided_at" IS NOT NULL;
CREATE INDEX "join_requests_decided_idx" ON "join_requests" ("decided_at") WHERE "decided_at" IS NOT NULL;

-- Deletes at most "most" sessions that ended more than "days" ago, and returns how many. Runs as the owner, so that no app may
-- delete a session that has not ended (docs/adr/0049). The highest seq that a device of the user has acknowledged is kept, with its
-- session: timelines, pushes and digest mails go by it. There is no index of expires_at, which changes with each refresh.
CREATE FUNCTION "purge_ended_sessions"("days" int, "most" int) RETURNS int
  LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
DECLARE
  purged int;
BEGIN
  IF days IS NULL OR days < 7 THEN
    RAISE EXCEPTION 'purge_ended_sessions: % is less than the 7 days that ended sessions are always kept', days;
  END IF;
  IF most IS NULL OR most < 1 THEN
    RAISE EXCEPTION 'purge_ended_sessions: % is not a number of sessions', most;
  END IF;
  DELETE FROM sessions WHERE id IN (
    SELECT s.id FROM sessions s
    WHERE least(s.revoked_at, s.expires_at) < now() - make_interval(days => days)
      AND (s.acked_seq = 0 OR EXISTS (
        SELECT FROM sessions o WHERE o.user_id = s.user_id AND (o.acked_seq, o.id) > (s.acked_seq, s.id)))
    LIMIT most FOR UPDATE OF s SKIP LOCKED);
  GET DIAGNOSTICS purged = ROW_COUNT;
  RETURN purged;
END
$$;
