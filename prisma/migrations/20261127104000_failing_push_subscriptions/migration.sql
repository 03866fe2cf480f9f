-- Pushes in a row that did not reach the push service, and since when: a subscription that keeps failing is dropped.
ALTER TABLE "push_subscriptions" ADD COLUMN "failures" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "push_subscriptions" ADD COLUMN "failed_since" TIMESTAMPTZ(3);

-- Mails and pushes leave the queue `events` for lanes of their own. Their sweepers go on where that of `events` is: from
-- the beginning, they would find events whose inbox rows are long detached.
INSERT INTO "sweep_watermarks" ("queue", "watermark")
SELECT lane, w."watermark" FROM "sweep_watermarks" w, unnest(ARRAY['effects.mails', 'effects.pushes']) AS lane
WHERE w."queue" = 'events'
ON CONFLICT DO NOTHING;
