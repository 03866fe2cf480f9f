-- What a person leaves behind is found by index when their account is deleted. (Foreign keys make none by themselves.)

CREATE INDEX "membership_periods_user_id_idx" ON "membership_periods"("user_id");
CREATE INDEX "invites_decided_by_user_id_idx" ON "invites"("decided_by_user_id");
CREATE INDEX "join_requests_user_id_idx" ON "join_requests"("user_id");
