import { createServer } from 'node:http';
import amqplib from 'amqplib';
import { Db } from '../../by-hand/db';
import { required } from '../../by-hand/env';
import { publisherOn } from '../../by-hand/publisher';

const EXCHANGE = 'domain.events';
const BATCH = 500;
const PENDING = `
  SELECT id, type, payload, actor_id AS "actorId", company_id AS "companyId", membership_version AS "membershipVersion",
    occurred_at AS "occurredAt"
  FROM domain_events WHERE published_at IS NULL AND id > $1 ORDER BY id LIMIT $2`;
const MARK = 'UPDATE domain_events SET published_at = clock_timestamp() WHERE id = ANY($1::uuid[])';
const FIRST_ID = '00000000-0000-0000-0000-000000000000';
const LIMIT = 1_000_000;

interface Event {
  readonly id: string;
  readonly type: string;
}

/** The only relay of its database. `/load` reads all pending rows, `/publish` publishes those, `/relay` does it as a relay does. */
async function main(): Promise<void> {
  const db = new Db(required('DATABASE_URL'));
  const channel = await (await amqplib.connect(required('RABBITMQ_URL'))).createConfirmChannel();
  const publish = publisherOn(channel);
  const send = (event: Event, body: unknown = event) =>
    publish(EXCHANGE, event.type, body, {
      contentType: 'application/json',
      messageId: event.id,
      headers: { 'x-convene-attempt': 1 },
    });
  let loaded: { event: Event; body: Buffer }[] = [];

  const commands: Record<string, () => Promise<unknown>> = {
    '/': () => Promise.resolve(),
    '/load': async () => {
      const events = await db.query<Event>(PENDING, [FIRST_ID, LIMIT]);
      loaded = events.map((event) => ({ event, body: Buffer.from(JSON.stringify(event)) }));
    },
    '/publish': () => {
      const left = loaded.values();
      const lane = async () => {
        for (const { event, body } of left) await send(event, body);
      };
      return Promise.all(Array.from({ length: BATCH }, lane));
    },
    '/relay': async () => {
      const marks: Promise<unknown>[] = [];
      let after = FIRST_ID;
      for (;;) {
        const events = await db.query<Event>(PENDING, [after, BATCH]);
        const last = events.at(-1);
        if (!last) break;
        await Promise.all(events.map((event) => send(event)));
        // The next batch is read meanwhile.
        marks.push(db.query(MARK, [events.map(({ id }) => id)]));
        after = last.id;
      }
      await Promise.all(marks);
    },
  };
  createServer((request, response) => {
    const command = commands[request.url ?? ''] ?? (() => Promise.reject(new Error('unknown')));
    command().then(
      () => response.end('done'),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  }).listen(Number(required('PORT')), '127.0.0.1');
}

void main();
