-- The job that calls it has a role that owns nothing (docs/adr/0049). The path is fixed, so that no other schema's function or
-- table stands in for one of ours; pg_temp last, because it is searched first otherwise.
ALTER FUNCTION "ensure_event_partitions"(int) SECURITY DEFINER SET search_path = public, pg_temp;
