-- Ids and times of events come from one clock, the database's: a process whose clock is wrong must not be able to write an
-- event below a sweeper's watermark, or into the partition of another month.

-- A UUIDv7 for an event: 48 bits of milliseconds, 12 bits of the fraction of that millisecond, 14 bits of "nth", 48 bits
-- at random. "nth" orders the events of one statement that fall into the same microsecond.
-- The transaction gets its xid before the clock is read. So whoever takes a snapshot after a moment finds in it the xid of
-- every transaction that has drawn an id of that moment or before: this is what a sweeper's watermark rests on.
CREATE FUNCTION "next_event_id"("nth" int DEFAULT 0) RETURNS uuid
  LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  micros bigint;
BEGIN
  PERFORM pg_current_xact_id();
  micros := extract(epoch FROM clock_timestamp()) * 1000000;
  RETURN (lpad(to_hex(micros / 1000), 12, '0') || to_hex(28672 + micros % 1000 * 4096 / 1000)
    || to_hex(32768 + ("nth" & 16383)) || right(gen_random_uuid()::text, 12))::uuid;
END
$$;

ALTER TABLE "domain_events" ALTER COLUMN "id" SET DEFAULT next_event_id();
ALTER TABLE "domain_events" ALTER COLUMN "occurred_at" SET DEFAULT clock_timestamp();

-- What an event is compared with: a reaction is owed the events since it was registered.
ALTER TABLE "reactions" ALTER COLUMN "registered_at" SET DEFAULT clock_timestamp();
