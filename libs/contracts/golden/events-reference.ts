import type { z } from 'zod';
import { schemaOf } from '../src/json-schema';
import { NOTIFICATIONS } from '../src/notification-codes';
import { CONNECT_ERRORS, errorsOf } from '../src/sockets/asyncapi';
import type { ClientEventContract } from '../src/sockets/client-event';
import { CLIENT_EVENTS } from '../src/sockets/client-events';
import { CLOSINGS } from '../src/sockets/closings';
import type { Reach, ServerEventContract } from '../src/sockets/server-event';
import { SERVER_EVENTS } from '../src/sockets/server-events';

const ROOMS: Record<Reach, string> = {
  device: 'none: to this connection alone',
  user: '`user:<id>`: all devices of the person',
  company: '`company:<id>`: all members, and the person it is about',
  watchers: '`presence:<companyId>`: connections that watch the company',
};

/** docs/events.md: everything a socket carries, for people. */
export function eventsReference(): string {
  const hints = SERVER_EVENTS.filter(({ hint }) => hint);
  return `# Events of the live stream

Generated from \`libs/contracts/src/sockets\` by \`npm run contracts:golden\`; for programs, the same is
[asyncapi.json](asyncapi.json), which a running ws-gateway serves at \`/asyncapi.json\`. How to connect, resume and renew is in
[live-stream.md](live-stream.md).

## What the server sends

${SERVER_EVENTS.filter(({ hint }) => !hint)
  .map(serverSection)
  .join('\n')}
### Hints

One frame per domain event, named after it: at least once, in any order. They carry \`eventId\` (drop what was seen), \`companyId\`,
\`version\` (the company's membership version) and the facts below; refetch what they name. Beyond ${limitOf(hints[0])} per user and event
they become one \`inbox.resync\` that names the companies.

| Event | Room | Facts |
| --- | --- | --- |
${hints.map(hintRow).join('\n')}

## What a client can send

Every event is acknowledged: \`{"ok": true, …}\` or \`{"ok": false, "error": {"code", "detail", "retryable", "retryAfterMs"}}\`. Limits are per
user over all devices. An unknown event is answered \`UNKNOWN_EVENT\`. Codes are explained in [errors.md](errors.md).

${CLIENT_EVENTS.map(clientSection).join('\n')}
## Why a connection is refused

\`connect_error\` with \`data.code\`: ${CONNECT_ERRORS.map((code) => `\`${code}\``).join(', ')}. A foreign Origin, a bad token in a cookie or in
\`Authorization\`, and too many connections from one address are refused before the upgrade, with the code as the message of
Engine.IO's error.

## Why a connection ends

The \`code\` of \`session.closing\`:

| Code | Reconnect | What to do |
| --- | --- | --- |
${Object.entries(CLOSINGS)
  .map(([code, { reconnect, remedy }]) => `| \`${code}\` | ${reconnect ? 'yes' : 'no'} | ${remedy} |`)
  .join('\n')}

A connection that breaks the protocol (a packet that cannot be parsed, a frame of more than 16 KiB, a connection that does not authenticate
within ten seconds) is closed without a frame.

## Codes of notifications

\`notifications.created\` carries a \`code\` and its \`params\`; a client skips codes it does not know.

| Code | Params |
| --- | --- |
${Object.entries(NOTIFICATIONS)
  .map(([code, { params }]) => `| \`${code}\` | ${fieldsOf(params)} |`)
  .join('\n')}
`;
}

const json = (value: unknown) => JSON.stringify(value, null, 2);

function serverSection({ name, summary, when, reach, payload, example, limit }: ServerEventContract): string {
  return `### \`${name}\`

${summary}.

- **When**: ${when}
- **Room**: ${ROOMS[reach]}
- **Payload**: ${fieldsOf(payload)}${limit ? `\n- **Limit**: ${limitOf({ limit })} per user, beyond it one \`inbox.resync\`` : ''}

\`\`\`json
${json(example)}
\`\`\`
`;
}

function clientSection(event: ClientEventContract): string {
  const { name, summary, description, body, answer, limit, example } = event;
  const answered = fieldsOf(answer);
  return `### \`${name}\`

${summary}. ${description}

- **Body**: ${fieldsOf(body)}
- **Answer**: ${answered === '' ? 'nothing more than `ok`' : answered}
- **Errors**: ${errorsOf(event)
    .map((code) => `\`${code}\``)
    .join(', ')}
- **Limit**: ${limitOf({ limit })}

\`\`\`js
await socket.emitWithAck('${name}', ${JSON.stringify(example.body)});
// ${JSON.stringify({ ok: true, ...(example.answer as object) })}
\`\`\`
`;
}

function hintRow({ name, reach, payload }: ServerEventContract): string {
  const facts = fieldsOf(payload, new Set(['eventId', 'companyId', 'version']));
  return `| \`${name}\` | ${reach === 'company' ? '`company:<id>`' : '`user:<id>`'} | ${facts} |`;
}

const limitOf = (event: Pick<ServerEventContract, 'limit'> | undefined) =>
  event?.limit ? `${event.limit.points} in ${event.limit.seconds} s` : 'none';

/** Names of the fields, those that may be missing with a question mark. */
function fieldsOf(schema: z.ZodType, without: ReadonlySet<string> = new Set()): string {
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as { properties?: object; required?: string[] };
  const resolved = '$ref' in schemaOf(schema, 'input') ? shapeOf(schema) : { properties, required };
  return Object.keys(resolved.properties)
    .filter((name) => !without.has(name))
    .map((name) => `\`${name}${resolved.required.includes(name) ? '' : '?'}\``)
    .join(', ');
}

function shapeOf(schema: z.ZodType) {
  const { shape } = schema as z.ZodObject;
  const names = Object.keys(shape);
  return {
    properties: shape as object,
    required: names.filter((name) => !(shape[name] as z.ZodType).safeParse(undefined).success),
  };
}
