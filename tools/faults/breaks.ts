import { signalTree } from '../dev/process-tree';
import type { ProxiedRig } from './proxied-rig';
import type { Rig } from './rig';

/** A guarantee of Convene that is switched off from outside, and the case in which that must show. */
export interface Break<On extends Rig = ProxiedRig> {
  readonly about: string;
  /** The fault with which the checker must find something. */
  readonly shows: string;
  apply(rig: On): Promise<unknown>;
  /** What else has to be off, or it would make up for it. */
  readonly env?: NodeJS.ProcessEnv;
}

/** They show that the checker can fail: without each of these guarantees it must. */
export const breaks: Readonly<Record<string, Break>> = {
  inbox: {
    about: 'the ledger forgets what was done, and the primary key does not refuse what is done twice',
    shows: 'events-doubled',
    apply: (rig) =>
      rig.query(`
        CREATE OR REPLACE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN DELETE FROM inbox WHERE event_id = NEW.event_id AND reaction = NEW.reaction; RETURN NULL; END $$;
        CREATE OR REPLACE TRIGGER forget AFTER INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION forget();
        CREATE OR REPLACE FUNCTION write_twice() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN
          IF EXISTS (SELECT 1 FROM notifications WHERE event_id = NEW.event_id AND recipient_user_id = NEW.recipient_user_id)
          THEN NEW.event_id := next_event_id(); END IF;
          RETURN NEW;
        END $$;
        CREATE OR REPLACE TRIGGER write_twice BEFORE INSERT ON notifications FOR EACH ROW EXECUTE FUNCTION write_twice()`),
  },
  confirm: {
    about: 'events count as published before the broker has confirmed them, and no sweeper looks for lost ones',
    env: { SWEEP_EVERY_MS: '3600000' },
    shows: 'broker-killed',
    apply: (rig) =>
      rig.query(`
        CREATE OR REPLACE FUNCTION mark_early() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN NEW.published_at := clock_timestamp(); RETURN NEW; END $$;
        CREATE OR REPLACE TRIGGER mark_early BEFORE INSERT ON domain_events FOR EACH ROW EXECUTE FUNCTION mark_early()`),
  },
  commit: {
    about: 'answers and acks leave before their commit is safe',
    shows: 'postgres-killed',
    apply: async (rig) => {
      await rig.query('ALTER SYSTEM SET synchronous_commit = off');
      await rig.query('SELECT pg_reload_conf()');
      // Else what is at risk is what was committed since one of them wrote last, which may be nothing.
      const writers = await rig.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE backend_type IN ('walwriter', 'background writer', 'checkpointer')`,
      );
      for (const { pid } of writers) signalTree(pid, 'SIGSTOP');
    },
  },
};
