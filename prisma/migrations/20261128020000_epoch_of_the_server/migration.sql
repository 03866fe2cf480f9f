-- Seqs may repeat after a restore, and after a failover that lost commits. Both are visible in the server itself: a promotion and
-- the end of a recovery each start a timeline, and another cluster (a restored dump) has another identifier. The stored epoch is
-- for a reset that an operator wants. A standby answers with an error: its heads may be behind those that devices know.
CREATE FUNCTION current_inbox_epoch() RETURNS text LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT left(md5(concat_ws('/', epoch, (SELECT system_identifier FROM pg_control_system()),
    left(pg_walfile_name(pg_current_wal_lsn()), 8))), 16)
  FROM inbox_epoch WHERE id = 1
$$;
REVOKE ALL ON FUNCTION current_inbox_epoch() FROM PUBLIC;
