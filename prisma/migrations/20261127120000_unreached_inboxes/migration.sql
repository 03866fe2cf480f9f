-- Inboxes with notifications that a channel (push, mail) has not decided about: docs/adr/0030. The partial index that held them
-- named "last_seq", so each notification made new entries in all indexes of the counter. Without it a counter is updated in
-- its place (HOT), for which its page keeps room.
CREATE TABLE "unreached_inboxes" (
    "user_id" UUID NOT NULL,
    "waiting_since" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "unreached_inboxes_pkey" PRIMARY KEY ("user_id")
);
CREATE INDEX "unreached_inboxes_waiting_since_user_id_idx" ON "unreached_inboxes"("waiting_since", "user_id");
-- Its rows come and go: it is vacuumed by their number, not by its size.
ALTER TABLE "unreached_inboxes" SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
ALTER TABLE "inbox_counters" SET (fillfactor = 70);

-- Whatever writes a counter, also a process of the version before: an inbox is in the table if and only if
-- "last_seq" > "pushed_seq" or "last_seq" > "mailed_seq". A job takes it out, with the counter locked.
CREATE FUNCTION "note_unreached_inbox"() RETURNS trigger
  LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM unreached_inboxes WHERE user_id = OLD.user_id;
  ELSE
    INSERT INTO unreached_inboxes (user_id) VALUES (NEW.user_id) ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END
$$;
-- The conditions keep the function from being called for an inbox that is in the table already.
CREATE TRIGGER "inbox_counters_first_news" AFTER INSERT ON "inbox_counters" FOR EACH ROW
  WHEN (NEW.last_seq > NEW.pushed_seq OR NEW.last_seq > NEW.mailed_seq) EXECUTE FUNCTION note_unreached_inbox();
CREATE TRIGGER "inbox_counters_news" AFTER UPDATE OF "last_seq" ON "inbox_counters" FOR EACH ROW
  WHEN (NEW.last_seq > OLD.last_seq AND OLD.last_seq <= OLD.pushed_seq AND OLD.last_seq <= OLD.mailed_seq)
  EXECUTE FUNCTION note_unreached_inbox();
CREATE TRIGGER "inbox_counters_gone" AFTER DELETE ON "inbox_counters" FOR EACH ROW EXECUTE FUNCTION note_unreached_inbox();

INSERT INTO "unreached_inboxes" ("user_id")
SELECT "user_id" FROM "inbox_counters" WHERE "last_seq" > "pushed_seq" OR "last_seq" > "mailed_seq";
DROP INDEX "inbox_counters_unreached_idx";
