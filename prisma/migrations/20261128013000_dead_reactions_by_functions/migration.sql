-- What an act does to the ledger, as functions of its owner: the role of the api-gateway can neither write nor delete rows of
-- `inbox` itself (docs/adr/0042). Each touches dead reactions only that an act has taken down, and whose item says what becomes
-- of them: so a reaction leaves the ledger only while an item stands for it.

-- Deletes them, and what is left of their earlier attempts: it would end the new message, as a second chain.
CREATE FUNCTION "take_dead_reactions"("act" uuid, "events" uuid[], "names" text[]) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH items AS (
    SELECT o.event_id, o.reaction FROM operator_act_items o JOIN unnest(events, names) AS g(event_id, reaction) USING (event_id, reaction)
    WHERE o.act_id = act AND o.state = 'taken'
  ), waits AS (
    DELETE FROM reaction_waits w USING items o WHERE w.event_id = o.event_id AND w.reaction = o.reaction
  )
  DELETE FROM inbox i USING items o WHERE i.event_id = o.event_id AND i.reaction = o.reaction AND i.state = 'dead'
$$;

CREATE FUNCTION "discard_dead_reactions"("act" uuid, "events" uuid[], "names" text[]) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE inbox i SET state = 'discarded'
  FROM operator_act_items o JOIN unnest(events, names) AS g(event_id, reaction) USING (event_id, reaction)
  WHERE o.act_id = act AND o.state = 'discarded' AND i.event_id = o.event_id AND i.reaction = o.reaction AND i.state = 'dead'
$$;

-- Puts back what was taken and has no outcome: dead again, of what it had died before.
CREATE FUNCTION "give_up_reactions"("act" uuid, "events" uuid[], "names" text[]) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO inbox (event_id, reaction, state, error)
  SELECT o.event_id, o.reaction, 'dead', coalesce(o.error, 'unknown')
  FROM operator_act_items o JOIN unnest(events, names) AS g(event_id, reaction) USING (event_id, reaction)
  WHERE o.act_id = act AND o.state IN ('taken', 'sent') ON CONFLICT DO NOTHING
$$;

REVOKE ALL ON FUNCTION "take_dead_reactions"(uuid, uuid[], text[]), "discard_dead_reactions"(uuid, uuid[], text[]),
  "give_up_reactions"(uuid, uuid[], text[]) FROM PUBLIC;

-- A month also stays while a replay has taken one of its reactions out of the ledger.
CREATE OR REPLACE FUNCTION "drop_event_partition"("parent" text, "month" date) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp SET lock_timeout = '100ms' SET enable_seqscan = off SET jit = off AS $$
DECLARE
  child text := parent || to_char(month, '_YYYY_MM');
  first_day date := date_trunc('month', month);
  lower_bound uuid;
  upper_bound uuid;
  pending text;
  expected boolean;
BEGIN
  IF parent IS NULL OR parent NOT IN ('domain_events', 'inbox', 'notifications', 'notification_steps') THEN
    RAISE EXCEPTION 'drop_event_partition: % is not a table with partitions by month', parent;
  END IF;
  IF month IS NULL OR NOT isfinite(month) OR month < '1970-01-01' THEN
    RAISE EXCEPTION 'drop_event_partition: % is not a day since 1970: give any day of the month', month;
  END IF;
  IF first_day >= date_trunc('month', now() AT TIME ZONE 'UTC') - interval '2 months' THEN
    RAISE EXCEPTION 'drop_event_partition: % is this month or one of the two before, which are always kept', child;
  END IF;
  lower_bound := uuid_v7_floor(first_day::timestamp AT TIME ZONE 'UTC');
  upper_bound := uuid_v7_floor((first_day + interval '1 month') AT TIME ZONE 'UTC');
  -- A month that an operator has detached is theirs.
  IF NOT EXISTS (SELECT FROM pg_inherits WHERE inhparent = to_regclass(parent) AND inhrelid = to_regclass(child)) THEN
    RETURN NULL;
  END IF;
  IF (SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE oid = to_regclass(child))
      <> format('FOR VALUES FROM (%L) TO (%L)', lower_bound, upper_bound) THEN
    RAISE EXCEPTION 'drop_event_partition: % has other bounds than its month: detach it by hand', child;
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
  -- Of one snapshot: a replay takes a dead reaction out of the ledger, and stands for it until the ledger has it again.
  SELECT what INTO pending FROM (
    (SELECT reaction || ' is dead for event ' || event_id AS what FROM inbox
      WHERE event_id >= lower_bound AND event_id < upper_bound AND state = 'dead' LIMIT 1)
    UNION ALL
    (SELECT 'act ' || act_id || ' replays ' || reaction || ' of event ' || event_id FROM operator_act_items
      WHERE event_id >= lower_bound AND event_id < upper_bound AND state IN ('taken', 'sent') LIMIT 1)) AS undecided LIMIT 1;
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
