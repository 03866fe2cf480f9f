import type { ServerName } from '../../dev/servers/server';
import type { FaultCase } from '../fault-case';

/** AMQP 0-9-1 method frames: type 1, channel, size, class 60 and method 80 (ack) or 40 (publish). */
const ACK = /\x01[\s\S]{2}\x00\x00\x00\x0d\x00\x3c\x00\x50/;
const PUBLISH = /\x01[\s\S]{2}[\s\S]{4}\x00\x3c\x00\x28/;
/** The ledger row that each reaction writes in its statement (libs/inbox, processed-reactions.ts). */
const REACTION = /INSERT INTO inbox /;
const COMMIT = /COMMIT/;
/** The relay's statement that marks rows as sent (libs/messaging, outbox-store.ts). */
const MARK = /SET published_at = /;

/** A proxy holds those bytes back, and the process is killed with them on its lips. */
const killAt = (label: string, step: string, server: ServerName, bytes: RegExp, about: string): FaultCase => ({
  name: `${label}-killed-${step}`,
  about: `the ${label} is killed ${about}`,
  async run(rig) {
    const app = rig.app(label);
    // A new process has new connections, on which the texts of its statements are sent again.
    await app.stop();
    const held = rig.proxy(label, server).holdAt(bytes);
    await Promise.all([app.restart(), held]);
    const before = app.pid;
    await app.kill();
    await app.restart();
    return `held at ${bytes.source.length > 30 ? 'its frame' : bytes.source}; process ${before} became ${app.pid}`;
  },
});

const WORKERS = ['invites-worker', 'members-worker', 'notifications-worker'];

export const killedAtAStep = [
  killAt('api-gateway', 'before-commit', 'postgres', COMMIT, 'before a commit'),
  killAt('api-gateway', 'before-publish', 'rabbitmq', PUBLISH, 'between a commit and its publication'),
  killAt('api-gateway', 'before-mark', 'postgres', MARK, 'between a confirm and the mark in the outbox'),
  ...WORKERS.flatMap((worker) => [
    killAt(worker, 'before-commit', 'postgres', REACTION, 'before a reaction is committed'),
    killAt(worker, 'before-ack', 'rabbitmq', ACK, 'between the commit of a reaction and its ack'),
  ]),
];
