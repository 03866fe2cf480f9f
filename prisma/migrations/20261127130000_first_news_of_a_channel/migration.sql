-- An inbox that waits for its mail is looked at when the mail may be due, possibly hours later. A notification that comes
-- meanwhile starts the delay of its push, so the first one that a channel has not decided about brings the look forward.
CREATE OR REPLACE FUNCTION "note_unreached_inbox"() RETURNS trigger
  LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM unreached_inboxes WHERE user_id = OLD.user_id;
  ELSE
    INSERT INTO unreached_inboxes AS u (user_id) VALUES (NEW.user_id)
    ON CONFLICT (user_id) DO UPDATE SET waiting_since = excluded.waiting_since WHERE u.waiting_since > excluded.waiting_since;
  END IF;
  RETURN NULL;
END
$$;
-- The condition keeps the function from being called while each channel has an earlier notification to decide about.
CREATE OR REPLACE TRIGGER "inbox_counters_news" AFTER UPDATE OF "last_seq" ON "inbox_counters" FOR EACH ROW
  WHEN (NEW.last_seq > OLD.last_seq AND (OLD.last_seq <= OLD.pushed_seq OR OLD.last_seq <= OLD.mailed_seq))
  EXECUTE FUNCTION note_unreached_inbox();

-- Those that are waiting for their mail already, and have got news since.
UPDATE "unreached_inboxes" SET "waiting_since" = clock_timestamp() WHERE "waiting_since" > clock_timestamp();
