-- What an event with a large audience tells whom, kept until the last chunk of its recipients is written.
CREATE TABLE "audiences" (
    "event_id" UUID NOT NULL,
    "drafts" JSONB NOT NULL,

    CONSTRAINT "audiences_pkey" PRIMARY KEY ("event_id")
);

-- Chunks of an audience are read in order of ids, from where the last one ended: each reads its own part of this index and
-- no row. It takes the place of the index that had no order.
CREATE INDEX "membership_periods_audience_idx"
  ON "membership_periods" ("company_id", "role", "user_id", "from_version", "to_version");
DROP INDEX "membership_periods_company_id_role_to_version_idx";
