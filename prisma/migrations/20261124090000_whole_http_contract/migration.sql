-- What the whole HTTP contract needs. The first part is the schema engine's own diff, the second what Prisma cannot express.

ALTER TABLE "notifications" ADD COLUMN "silent" BOOLEAN NOT NULL DEFAULT false;

ALTER TABLE "inbox_counters" ADD COLUMN "pushed_seq" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "mailed_seq" BIGINT NOT NULL DEFAULT 0;
-- What is in an inbox already is no news for a push or a mail.
UPDATE "inbox_counters" SET "pushed_seq" = "last_seq", "mailed_seq" = "last_seq";

ALTER TABLE "friendships" ADD COLUMN "withheld" BOOLEAN NOT NULL DEFAULT false;

ALTER TABLE "blocks" ADD COLUMN "id" UUID;
UPDATE "blocks" SET "id" = gen_random_uuid();
ALTER TABLE "blocks" ALTER COLUMN "id" SET NOT NULL;

-- Keys live for a day at most and hold no truth: a repeat across this migration is executed anew.
DELETE FROM "idempotency_keys";
ALTER TABLE "idempotency_keys" DROP COLUMN "response_status", DROP COLUMN "response_body",
  ADD COLUMN "response" TEXT, ADD COLUMN "locked_until" TIMESTAMPTZ(3);

CREATE TABLE "notification_steps" (
    "id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "recipient_user_id" UUID NOT NULL,
    "step" TEXT NOT NULL,
    "channel" "NotificationChannel",
    "sockets" INTEGER,
    "reason" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "notification_steps_pkey" PRIMARY KEY ("event_id", "id")
) PARTITION BY RANGE ("event_id");

CREATE INDEX "notification_steps_event_id_recipient_user_id_idx" ON "notification_steps"("event_id", "recipient_user_id");

DROP INDEX "join_requests_company_id_status_idx";
CREATE INDEX "join_requests_company_id_status_id_idx" ON "join_requests"("company_id", "status", "id");
DROP INDEX "friendships_addressee_id_status_idx";
CREATE INDEX "friendships_requester_id_status_id_idx" ON "friendships"("requester_id", "status", "id");
CREATE INDEX "friendships_addressee_id_status_id_idx" ON "friendships"("addressee_id", "status", "id");
CREATE UNIQUE INDEX "blocks_id_key" ON "blocks"("id");
CREATE INDEX "blocks_blocker_id_id_idx" ON "blocks"("blocker_id", "id");
CREATE INDEX "domain_events_actor_id_id_idx" ON "domain_events"("actor_id", "id");

-- ---------------------------------------------------------------------------------------------------------------------
-- What Prisma cannot express.

-- One per list of an inbox, so that a page costs the same whatever else is in the inbox. What is snoozed is in none but its own.
DROP INDEX "notifications_unread_idx";
CREATE INDEX "notifications_unread_idx" ON "notifications" ("recipient_user_id", "seq" DESC)
  WHERE "read_at" IS NULL AND "archived_at" IS NULL AND "deleted_at" IS NULL AND "snoozed_until" IS NULL;
CREATE INDEX "notifications_read_idx" ON "notifications" ("recipient_user_id", "seq" DESC)
  WHERE "read_at" IS NOT NULL AND "archived_at" IS NULL AND "deleted_at" IS NULL AND "snoozed_until" IS NULL;
CREATE INDEX "notifications_open_idx" ON "notifications" ("recipient_user_id", "seq" DESC)
  WHERE "archived_at" IS NULL AND "deleted_at" IS NULL AND "snoozed_until" IS NULL;
CREATE INDEX "notifications_archived_idx" ON "notifications" ("recipient_user_id", "seq" DESC)
  WHERE "archived_at" IS NOT NULL AND "deleted_at" IS NULL;
CREATE INDEX "notifications_snoozed_idx" ON "notifications" ("recipient_user_id", "seq" DESC)
  WHERE "snoozed_until" IS NOT NULL AND "archived_at" IS NULL AND "deleted_at" IS NULL;
-- Who is due to wake.
CREATE INDEX "notifications_waking_idx" ON "notifications" ("snoozed_until") WHERE "snoozed_until" IS NOT NULL;

-- Whoever has news that neither a push nor a mail was sent or decided against for.
CREATE INDEX "inbox_counters_unreached_idx" ON "inbox_counters" ("user_id")
  WHERE "last_seq" > "pushed_seq" OR "last_seq" > "mailed_seq";

-- People by the beginning of their name, in the order of the list.
CREATE INDEX "users_display_name_idx" ON "users" (lower("display_name") text_pattern_ops, "id") WHERE "deleted_at" IS NULL;

-- Invites that nobody answered in time.
CREATE INDEX "invites_expiring_idx" ON "invites" ("expires_at") WHERE "status" = 'PENDING';

CREATE TABLE "notification_steps_default" PARTITION OF "notification_steps" DEFAULT;

-- Makes the partitions of this month (UTC) and the next "months_ahead" that do not exist yet, and returns their names.
-- Rows that the safety net caught for such a month move into it. Simultaneous calls wait for one another. Attaching
-- locks the default partition only, and gives up after five seconds rather than queue up everyone behind itself.
CREATE OR REPLACE FUNCTION "ensure_event_partitions"("months_ahead" int) RETURNS SETOF text
  LANGUAGE plpgsql SET lock_timeout = '5s' AS $$
DECLARE
  parent text;
  key text;
  child text;
  month timestamptz;
  lower_bound uuid;
  upper_bound uuid;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('ensure_event_partitions'));
  FOR i IN 0..months_ahead LOOP
    month := (date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => i)) AT TIME ZONE 'UTC';
    lower_bound := uuid_v7_floor(month);
    upper_bound := uuid_v7_floor((month AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC');
    FOR parent, key IN VALUES ('domain_events', 'id'), ('inbox', 'event_id'), ('notifications', 'event_id'),
      ('notification_steps', 'event_id') LOOP
      child := parent || to_char(month AT TIME ZONE 'UTC', '_YYYY_MM');
      CONTINUE WHEN to_regclass(quote_ident(child)) IS NOT NULL;
      EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', child, parent);
      EXECUTE format('WITH caught AS (DELETE FROM %I WHERE %I >= %L AND %I < %L RETURNING *) INSERT INTO %I SELECT * FROM caught',
        parent || '_default', key, lower_bound, key, upper_bound, child);
      EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        parent, child, lower_bound, upper_bound);
      RETURN NEXT child;
    END LOOP;
  END LOOP;
END
$$;

SELECT "ensure_event_partitions"(3);
