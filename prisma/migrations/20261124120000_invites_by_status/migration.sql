-- A company's invites of one status, in the order of the list: a page costs the same however many of another status there are.
CREATE INDEX "invites_company_id_status_id_idx" ON "invites"("company_id", "status", "id");
