-- When RabbitMQ returned the event as one that no queue is bound for; null once it answered otherwise.
ALTER TABLE "domain_events" ADD COLUMN "returned_at" TIMESTAMPTZ(3);

-- Processes whose callers wait for a connection say so here, over a connection of their own: their metrics do not reach the
-- operator API. A row lapses (docs/adr/0074).
CREATE TABLE "exhausted_pools" (
    "process" TEXT NOT NULL,
    "app" TEXT NOT NULL,
    "waiting" INTEGER NOT NULL,
    "connections" INTEGER NOT NULL,
    "longest_wait_ms" INTEGER NOT NULL,
    "reported_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "exhausted_pools_pkey" PRIMARY KEY ("process")
);
