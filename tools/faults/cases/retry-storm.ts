import type { FaultCase } from '../fault-case';

const WORKERS = ['invites-worker', 'members-worker', 'notifications-worker'];
const RETRIES = 'reaction_retries_total';
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

export const retryStorm: FaultCase = {
  name: 'retry-storm',
  about: 'for a while, no notification can be written: every reaction fails and is tried again',
  async run(rig) {
    await rig.query(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'Refused by the fault'; END $$;
      CREATE TRIGGER refuse BEFORE INSERT ON notifications FOR EACH ROW EXECUTE FUNCTION refuse()`);
    const failed = async () => sum(await Promise.all(WORKERS.map((worker) => rig.metric(worker, RETRIES))));
    const before = await failed();
    const retries = await rig.until('50 retries', async () => {
      const more = (await failed()) - before;
      return more >= 50 && more;
    });
    await rig.query('DROP FUNCTION refuse CASCADE');
    return `${retries} retries`;
  },
};
