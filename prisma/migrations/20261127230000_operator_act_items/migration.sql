-- Acts on many dead reactions: rows that a process with the lease works through, so that another continues after its death.
ALTER TABLE "operator_acts" ADD COLUMN "rate" INTEGER,
  ADD COLUMN "lease_owner" TEXT,
  ADD COLUMN "lease_until" TIMESTAMPTZ(3);
CREATE TYPE "OperatorActItemState" AS ENUM ('planned', 'taken', 'sent', 'done', 'dead', 'discarded', 'gone', 'impossible');
CREATE TABLE "operator_act_items" (
    "act_id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "reaction" TEXT NOT NULL,
    "state" "OperatorActItemState" NOT NULL DEFAULT 'planned',
    "error" TEXT,
    "sends" INTEGER NOT NULL DEFAULT 0,
    "next_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "operator_act_items_pkey" PRIMARY KEY ("act_id","event_id","reaction")
);
CREATE INDEX "operator_act_items_event_id_reaction_idx" ON "operator_act_items"("event_id", "reaction");
CREATE INDEX "operator_act_items_act_id_state_event_id_idx" ON "operator_act_items"("act_id", "state", "event_id");
