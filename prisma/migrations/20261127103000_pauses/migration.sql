-- How often and when an invitation's mail was last asked for: the next may follow only after a pause that grows.
ALTER TABLE "invites"
  ADD COLUMN "sent_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  ADD COLUMN "sends" INTEGER NOT NULL DEFAULT 1;

-- Requests of friendship that were declined or taken back: until when the next of the same requester is withheld.
CREATE TABLE "friendship_pauses" (
  "requester_id" UUID NOT NULL,
  "addressee_id" UUID NOT NULL,
  "declined" INTEGER NOT NULL DEFAULT 0,
  "taken_back" INTEGER NOT NULL DEFAULT 0,
  "until" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "friendship_pauses_pkey" PRIMARY KEY ("requester_id", "addressee_id"),
  CONSTRAINT "friendship_pauses_requester_id_fkey" FOREIGN KEY ("requester_id") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "friendship_pauses_addressee_id_fkey" FOREIGN KEY ("addressee_id") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "friendship_pauses_addressee_id_idx" ON "friendship_pauses" ("addressee_id");
