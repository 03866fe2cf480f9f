-- What a job goes by, as the instance that started last is configured: for operators, who do not see its environment.
ALTER TABLE "jobs" ADD COLUMN "settings" JSONB;
