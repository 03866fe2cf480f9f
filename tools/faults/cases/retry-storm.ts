import type { FaultCase } from '../fault-case';

const WORKERS = ['invites-worker', 'members-worker', 'notifications-worker'];

export const retryStorm: FaultCase = {
  name: 'retry-storm',
  about: 'for a while, no notification can be written: every reaction fails and is tried again',
  async run(rig) {
    const retries = () => rig.metrics(WORKERS, 'reaction_retries_total');
    const before = await retries();
    await rig.query(`
      BEGIN;
      LOCK TABLE notifications;
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'Refused by the fault'; END $$;
      CREATE TRIGGER refuse BEFORE INSERT ON notifications FOR EACH ROW EXECUTE FUNCTION refuse();
      COMMIT`);
    const seen = await rig.until('50 retries', async () => {
      const more = (await retries()) - before;
      return more >= 50 && more;
    });
    // The whole table first: its partitions in the order of the triggers would be a deadlock with writers.
    await rig.query('BEGIN; LOCK TABLE notifications; DROP FUNCTION refuse CASCADE; COMMIT');
    return `${seen} retries`;
  },
};
