-- A request by e-mail address does not show to whoever made it until it is accepted: else their own list would tell them
-- whether the address has an account.
ALTER TABLE "friendships" ADD COLUMN "by_address" BOOLEAN NOT NULL DEFAULT false;
