-- What operators did: who, when, what, why, and with what outcome.
CREATE TYPE "OperatorActState" AS ENUM ('running', 'aborted', 'done', 'failed');
CREATE TABLE "operator_acts" (
    "id" UUID NOT NULL,
    "operator" TEXT NOT NULL,
    "command" TEXT NOT NULL,
    "filter" JSONB NOT NULL,
    "reason" TEXT NOT NULL,
    "state" "OperatorActState" NOT NULL DEFAULT 'running',
    "outcome" TEXT,
    "counts" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "operator_acts_pkey" PRIMARY KEY ("id")
);
