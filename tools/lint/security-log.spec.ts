import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const source = read('libs/observability/src/security-log.ts');
const document = read('docs/security-log.md');

const events = [.../const EVENTS = \[([^\]]+)\]/.exec(source)![1]!.matchAll(/'(\w+)'/g)].map(([, name]) => name!);
const fields = [.../interface SecurityRecord \{([^}]+)\}/.exec(source)![1]!.matchAll(/readonly (\w+)/g)].map(
  ([, name]) => (name === 'address' ? 'account' : name!),
);
/** Why sessions end with a line of their own; those that end with a password or an address have the line of that. */
const reasons = [
  ...read('apps/api-gateway/src/auth/end-sessions.ts').matchAll(/export const (\w+): EndReason = \{ stored: '(\w+)'/g),
].map(([, constant, stored]) => ({ constant: constant!, stored: stored! }));
const WITH_ANOTHER_LINE = ['PASSWORD_CHANGED', 'ADDRESS_CHANGED', 'ACCOUNT_DELETED'];

describe('the document of the security log', () => {
  it.each(events)('describes the event %s', (event) => expect(document).toMatch(new RegExp(`^\\|.*\`${event}\``, 'm')));

  it.each(fields)('describes the field %s', (field) => expect(document).toMatch(new RegExp(`^\\| \`${field}\` `, 'm')));

  it.each(reasons.filter(({ constant }) => !WITH_ANOTHER_LINE.includes(constant)))(
    'gives $stored as a reason for the end of a session',
    ({ stored }) => expect(document).toMatch(new RegExp(`^\\| \`sessions_ended\` .*\`${stored}\``, 'm')),
  );
});
