-- For the alert on dead reactions, which is evaluated at every scrape. Rows that are done, nearly all, have no entry.
CREATE INDEX "inbox_dead_idx" ON "inbox" ("created_at") WHERE "state" = 'dead';
