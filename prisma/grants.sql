-- The roles of the processes and what each may do: no more than its statements need, so that a stolen connection of one app
-- does not give what the others can do (docs/adr/0049). Applied by `npm run prisma:migrate -- --grants`, and after that by
-- every migration, as one transaction: a running app never sees a state between two versions of this file. What is not granted
-- here is revoked.
--
-- - The role that migrates owns everything, and alone creates, alters and drops.
-- - Partitions have no grants: a statement on the parent needs those of the parent only.
-- - A foreign key is checked, and its cascade runs, with the rights of the tables' owner.
-- - `SELECT … FOR UPDATE` or `FOR SHARE` needs UPDATE on a column. Where a role only locks rows, it is `created_at`.
-- - Every table and function has a grant here, or is listed in tools/prisma/grants.spec.ts as nobody's.

DO $$
DECLARE
  one text;
BEGIN
  FOREACH one IN ARRAY ARRAY[
    -- A group: the workers are members, and have its grants.
    'convene_worker',
    'convene_api_gateway',
    'convene_ws_gateway',
    'convene_invites_worker',
    'convene_members_worker',
    'convene_notifications_worker',
    'convene_ops'
  ] LOOP
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA public FROM %I', one);
    EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM %I', one);
    EXECUTE format('REVOKE ALL ON SCHEMA public FROM %I', one);
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM %I', current_database(), one);
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), one);
    EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', one);
  END LOOP;
  -- Otherwise PUBLIC may connect and create temporary tables.
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
END $$;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;

-- ---- every process that writes events (next_event_id is the default of their ids) ----

GRANT EXECUTE ON FUNCTION uuid_v7_floor(timestamptz), next_event_id(int) TO convene_api_gateway, convene_worker;
-- A relay claims and marks events. What happened, it cannot change.
GRANT SELECT, INSERT, UPDATE (claimed_until, published_at, attempts, returned_at) ON domain_events
  TO convene_api_gateway, convene_worker;

-- ---- every process that says of its own connections that they are used up ----

GRANT SELECT, INSERT, UPDATE, DELETE ON exhausted_pools TO convene_api_gateway, convene_worker;

-- ---- every worker: reactions, their ledger and sweeper, notifications, jobs ----

GRANT SELECT, INSERT ON inbox, notifications TO convene_worker;
GRANT SELECT, INSERT, UPDATE ON reactions, sweep_watermarks, jobs TO convene_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON sweep_attempts, reaction_waits, audiences TO convene_worker;
GRANT SELECT, INSERT, UPDATE (last_seq, unread_count, version) ON inbox_counters TO convene_worker;
-- By the triggers of inbox_counters.
GRANT SELECT, INSERT, UPDATE (waiting_since) ON unreached_inboxes TO convene_worker;
GRANT SELECT ON membership_periods, blocks, preferences, quiet_hours TO convene_worker;
GRANT SELECT (id, display_name, time_zone, deleted_at) ON users TO convene_worker;
-- An event with a company audience holds the membership version while it is written.
GRANT SELECT (id, name, deleted_at, membership_version), UPDATE (created_at) ON companies TO convene_worker;

-- ---- api-gateway: the only one that reads password hashes, and that writes accounts, sessions and memberships ----

GRANT SELECT, INSERT, UPDATE ON users, sessions, companies, invites TO convene_api_gateway;
GRANT SELECT, INSERT, UPDATE, DELETE ON mail_tokens, memberships, join_requests, friendships, friendship_pauses,
  preferences, quiet_hours, push_subscriptions, idempotency_keys TO convene_api_gateway;
GRANT SELECT, INSERT, DELETE ON former_addresses, blocks TO convene_api_gateway;
GRANT SELECT, INSERT, UPDATE (to_version) ON membership_periods TO convene_api_gateway;
GRANT SELECT, UPDATE (read_at, archived_at, snoozed_until, deleted_at, params) ON notifications TO convene_api_gateway;
GRANT SELECT, UPDATE (unread_count, version), DELETE ON inbox_counters TO convene_api_gateway;
GRANT SELECT, DELETE ON unreached_inboxes TO convene_api_gateway;
GRANT SELECT ON inbox, notification_steps TO convene_api_gateway;

-- ---- the operator API, which the api-gateway serves ----

GRANT SELECT ON reactions, sweep_watermarks, sweep_attempts, audiences, jobs TO convene_api_gateway;
GRANT SELECT ON reaction_waits TO convene_api_gateway;
-- Of the ledger only what an act has taken down, and only dead reactions.
GRANT EXECUTE ON FUNCTION take_dead_reactions(uuid, uuid[], text[]), discard_dead_reactions(uuid, uuid[], text[]),
  give_up_reactions(uuid, uuid[], text[]) TO convene_api_gateway;
GRANT SELECT, INSERT, UPDATE (state, outcome, counts, finished_at, lease_owner, lease_until) ON operator_acts
  TO convene_api_gateway;
GRANT SELECT, INSERT, UPDATE (state, error, sends, next_at) ON operator_act_items TO convene_api_gateway;

-- ---- ws-gateway: reads inboxes and memberships, notes what it delivered ----

GRANT SELECT ON notifications, inbox_counters, inbox_epoch TO convene_ws_gateway;
GRANT EXECUTE ON FUNCTION current_inbox_epoch() TO convene_ws_gateway;
GRANT SELECT (company_id, user_id) ON memberships TO convene_ws_gateway;
GRANT SELECT (id, membership_version, deleted_at) ON companies TO convene_ws_gateway;
GRANT SELECT (id, user_id, revoked_at, acked_seq), UPDATE (acked_seq) ON sessions TO convene_ws_gateway;
GRANT INSERT ON notification_steps TO convene_ws_gateway;

-- ---- invites-worker: mails invitations, expires them ----

GRANT SELECT, UPDATE (status, decided_at) ON invites TO convene_invites_worker;

-- ---- notifications-worker: sockets, mails, pushes; erasure; the purging of what is old ----

GRANT SELECT (email, email_verified_at) ON users TO convene_notifications_worker;
GRANT SELECT (id, user_id, acked_seq, expires_at, revoked_at), UPDATE (user_agent) ON sessions
  TO convene_notifications_worker;
GRANT SELECT, DELETE ON mail_tokens, notification_steps TO convene_notifications_worker;
GRANT UPDATE (created_at) ON mail_tokens, join_requests TO convene_notifications_worker;
GRANT INSERT ON notification_steps TO convene_notifications_worker;
GRANT SELECT, DELETE, UPDATE (created_at) ON idempotency_keys TO convene_notifications_worker;
GRANT SELECT, DELETE, UPDATE (changed_at) ON former_addresses TO convene_notifications_worker;
GRANT SELECT, DELETE, UPDATE (failures, failed_since) ON push_subscriptions TO convene_notifications_worker;
GRANT UPDATE (pushed_seq, mailed_seq), DELETE ON inbox_counters TO convene_notifications_worker;
GRANT DELETE ON unreached_inboxes TO convene_notifications_worker;
GRANT UPDATE (snoozed_until, read_at, params), DELETE ON notifications TO convene_notifications_worker;
GRANT UPDATE (payload) ON domain_events TO convene_notifications_worker;
GRANT SELECT (id, decided_at, decided_by_user_id), UPDATE (email), DELETE ON invites TO convene_notifications_worker;
GRANT SELECT (requester_id, addressee_id), DELETE ON friendships, friendship_pauses TO convene_notifications_worker;
GRANT SELECT (id, user_id, decided_at), DELETE ON join_requests TO convene_notifications_worker;
GRANT DELETE ON blocks, preferences, quiet_hours TO convene_notifications_worker;
-- They run as their owner, because only an owner can attach or drop a partition, and no app deletes sessions at will.
GRANT EXECUTE ON FUNCTION ensure_event_partitions(int), drop_event_partition(text, date), purge_ended_sessions(int, int)
  TO convene_notifications_worker;

-- ---- ops: people who look. The columns that the operator API and the runbooks read, each by its name, so that a new column is
-- not granted with its table: ids, states, times and errors; no address, no name, no words, no credential nor its hash ----

GRANT SELECT (id, type, internal, actor_id, company_id, membership_version, traceparent, occurred_at, published_at,
  claimed_until, attempts, returned_at) ON domain_events TO convene_ops;
GRANT SELECT (name, event_type, queue, registered_at) ON reactions TO convene_ops;
GRANT SELECT (event_id, reaction, state, error, created_at) ON inbox TO convene_ops;
GRANT SELECT (queue, watermark, updated_at) ON sweep_watermarks TO convene_ops;
GRANT SELECT (queue, event_id, attempts, next_at) ON sweep_attempts TO convene_ops;
GRANT SELECT (event_id, reaction, queue, chain, due_at) ON reaction_waits TO convene_ops;
GRANT SELECT (name, lease_owner, lease_until, next_run_at, last_success_at, last_error, settings) ON jobs TO convene_ops;
GRANT SELECT (process, app, waiting, connections, longest_wait_ms, reported_at) ON exhausted_pools TO convene_ops;
GRANT SELECT (event_id) ON audiences TO convene_ops;
GRANT SELECT (event_id, recipient_user_id, seq, code, silent, company_id, sender_user_id, created_at, read_at, archived_at,
  snoozed_until, deleted_at) ON notifications TO convene_ops;
GRANT SELECT (id, event_id, recipient_user_id, step, channel, sockets, reason, at) ON notification_steps TO convene_ops;
GRANT SELECT (user_id, last_seq, unread_count, version, pushed_seq, mailed_seq) ON inbox_counters TO convene_ops;
GRANT SELECT (user_id, waiting_since) ON unreached_inboxes TO convene_ops;
GRANT SELECT (id, epoch) ON inbox_epoch TO convene_ops;
GRANT SELECT (id, created_at, deleted_at) ON users TO convene_ops;
GRANT SELECT (id, user_id, created_at, last_used_at, expires_at, revoked_at, revoked_reason, acked_seq) ON sessions
  TO convene_ops;
GRANT SELECT (id, membership_version, created_at, deleted_at) ON companies TO convene_ops;
GRANT SELECT (company_id, user_id, from_version, to_version, role) ON membership_periods TO convene_ops;
GRANT SELECT (user_id, code, channel, enabled) ON preferences TO convene_ops;
GRANT SELECT (blocker_id, blocked_id) ON blocks TO convene_ops;
GRANT SELECT (id, operator, command, filter, reason, state, outcome, counts, created_at, finished_at, rate, lease_owner,
  lease_until) ON operator_acts TO convene_ops;
GRANT SELECT (act_id, event_id, reaction, state, error, sends, next_at) ON operator_act_items TO convene_ops;
GRANT EXECUTE ON FUNCTION uuid_v7_floor(timestamptz) TO convene_ops;
