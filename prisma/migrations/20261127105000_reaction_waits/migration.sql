-- Which reactions wait in a retry queue, so that a sweeper does not begin a second chain of attempts beside them.
CREATE TABLE "reaction_waits" (
    "event_id" UUID NOT NULL,
    "reaction" TEXT NOT NULL,
    "queue" TEXT NOT NULL,
    "chain" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "reaction_waits_pkey" PRIMARY KEY ("event_id","reaction")
);
CREATE INDEX "reaction_waits_queue_event_id_idx" ON "reaction_waits"("queue", "event_id");
