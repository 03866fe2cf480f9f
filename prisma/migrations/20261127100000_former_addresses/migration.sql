-- The verified addresses that accounts have lost: who is told of it, and until when the account can be taken back.
CREATE TABLE "former_addresses" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "restorable_until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "former_addresses_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "former_addresses_user_id_changed_at_idx" ON "former_addresses"("user_id", "changed_at");

-- CreateIndex
CREATE INDEX "former_addresses_changed_at_idx" ON "former_addresses"("changed_at");

-- AddForeignKey
ALTER TABLE "former_addresses" ADD CONSTRAINT "former_addresses_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
