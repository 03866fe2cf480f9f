-- A push subscription belongs to a session and ends with it. Which session an existing row came from is not known, and
-- its person may have logged out long ago: these rows go, and a client subscribes again at its next start.
DELETE FROM "push_subscriptions";

ALTER TABLE "push_subscriptions" ADD COLUMN "session_id" UUID NOT NULL;

CREATE INDEX "push_subscriptions_session_id_idx" ON "push_subscriptions"("session_id");

ALTER TABLE "push_subscriptions" ADD CONSTRAINT "push_subscriptions_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE;
