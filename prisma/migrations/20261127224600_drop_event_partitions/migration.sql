-- Drops the partition of a month (any day of it, UTC) of a partitioned table. Returns NULL once there is none, or else the
-- reason why it stays for now. Runs as the owner, who alone can detach and drop (docs/adr/0049); why it does not detach
-- CONCURRENTLY, and what it locks for how long: docs/adr/0045.
--
-- What is pending is looked up before the lock, because it cannot become pending again: an event is not unpublished, a
-- watermark does not go back by months. Only a notification can be made unread again, so that is looked up under the lock,
-- by its index: without statistics the planner would scan the partition, while everyone waits.
CREATE FUNCTION "drop_event_partition"("parent" text, "month" date) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp SET lock_timeout = '100ms' SET enable_seqscan = off SET jit = off AS $$
DECLARE
  child text := parent || to_char(month, '_YYYY_MM');
  first_day date := date_trunc('month', month);
  lower_bound uuid := uuid_v7_floor(first_day::timestamp AT TIME ZONE 'UTC');
  upper_bound uuid := uuid_v7_floor((first_day + interval '1 month') AT TIME ZONE 'UTC');
  pending text;
  expected boolean;
BEGIN
  IF parent NOT IN ('domain_events', 'inbox', 'notifications', 'notification_steps') THEN
    RAISE EXCEPTION 'drop_event_partition: % is not a table with partitions by month', parent;
  END IF;
  IF first_day >= date_trunc('month', now() AT TIME ZONE 'UTC') - interval '2 months' THEN
    RAISE EXCEPTION 'drop_event_partition: % is this month or one of the two before, which are always kept', child;
  END IF;
  -- A month that an operator has detached is theirs.
  IF NOT EXISTS (SELECT FROM pg_inherits WHERE inhparent = to_regclass(parent) AND inhrelid = to_regclass(child)) THEN
    RETURN NULL;
  END IF;
  -- Whoever creates partitions has it too. Two calls would each hold the table for reading, and wait for the other.
  IF NOT pg_try_advisory_xact_lock(hashtext('ensure_event_partitions')) THEN RETURN 'its table is in use'; END IF;

  SELECT 'event ' || id || ' is not published' INTO pending FROM domain_events
    WHERE id >= lower_bound AND id < upper_bound AND published_at IS NULL LIMIT 1;
  IF FOUND THEN RETURN pending; END IF;
  -- Up to its watermark a sweeper knows every reaction to be over. After it: every event that has a reaction in its queue.
  SELECT 'the sweeper of ' || q.queue || ' has not passed event ' || e.id INTO pending
    FROM (SELECT DISTINCT queue FROM reactions) AS q
    LEFT JOIN sweep_watermarks w USING (queue)
    CROSS JOIN LATERAL (
      SELECT e.id FROM domain_events e JOIN reactions r ON r.queue = q.queue AND r.event_type = e.type
      WHERE e.id >= lower_bound AND e.id < upper_bound AND e.id > coalesce(w.watermark, '00000000-0000-0000-0000-000000000000')
        AND r.registered_at <= e.occurred_at
      ORDER BY e.id LIMIT 1) AS e
    WHERE coalesce(w.watermark, lower_bound) < upper_bound LIMIT 1;
  IF FOUND THEN RETURN pending; END IF;
  SELECT reaction || ' is dead for event ' || event_id INTO pending FROM inbox
    WHERE event_id >= lower_bound AND event_id < upper_bound AND state = 'dead' LIMIT 1;
  IF FOUND THEN RETURN pending; END IF;
  SELECT 'the audience of event ' || event_id || ' is not complete' INTO pending FROM audiences
    WHERE event_id >= lower_bound AND event_id < upper_bound LIMIT 1;
  IF FOUND THEN RETURN pending; END IF;
  -- An event without its ledger looks as if nobody had reacted to it.
  IF parent = 'inbox' AND EXISTS (
    SELECT FROM pg_inherits WHERE inhparent = 'domain_events'::regclass AND inhrelid = to_regclass('domain_events' || to_char(month, '_YYYY_MM'))
  ) THEN
    RETURN 'the events of its month are there';
  END IF;

  -- The parent first, as every statement locks it before its partitions. Others queue up behind this wait, so it is short;
  -- once they do, nothing is waited for.
  BEGIN
    EXECUTE format('LOCK TABLE ONLY %I IN ACCESS EXCLUSIVE MODE', parent);
    EXECUTE format('LOCK TABLE ONLY %I, ONLY %I IN ACCESS EXCLUSIVE MODE NOWAIT', child, parent || '_default');
  EXCEPTION WHEN lock_not_available THEN
    RETURN 'its table is in use';
  END;
  IF parent = 'notifications' THEN
    EXECUTE format('SELECT EXISTS (SELECT FROM %1$I WHERE snoozed_until IS NOT NULL) OR EXISTS (SELECT FROM %1$I
      WHERE read_at IS NULL AND archived_at IS NULL AND snoozed_until IS NULL AND deleted_at IS NULL)', child) INTO expected;
    IF expected THEN RETURN 'a notification is unread or snoozed'; END IF;
  END IF;
  EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent, child);
  EXECUTE format('DROP TABLE %I', child);
  RETURN NULL;
END
$$;
