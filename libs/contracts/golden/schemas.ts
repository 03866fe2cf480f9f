import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CATALOGUE } from '../src/catalogue';
import { envelopeOf } from '../src/event';
import type { JsonSchema, Schemas } from './additive';

/** None, so that nothing is referred to by name: each event's schema stands alone. */
const NO_NAMES = z.registry<object>();
const FILE = join(__dirname, 'events.json');

/** What each event looks like on the wire, by type: the shape that is accepted, before defaults are filled in. */
export function currentSchemas(): Schemas {
  const events = [...CATALOGUE].sort((a, b) => (a.type < b.type ? -1 : 1));
  return Object.fromEntries(
    events.map((event) => [
      event.type,
      z.toJSONSchema(envelopeOf(event), { io: 'input', metadata: NO_NAMES }) as JsonSchema,
    ]),
  );
}

export function goldenSchemas(): Schemas {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Schemas;
}

export function writeGolden(schemas: Schemas): void {
  writeFileSync(FILE, `${JSON.stringify(schemas, null, 2)}\n`);
}
