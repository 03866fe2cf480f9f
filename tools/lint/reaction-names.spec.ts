import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CATALOGUE } from '@convene/contracts/catalogue';
import { isPersonal } from '@convene/contracts/notification-codes';
import { AUDIENCE_FACTS } from '@convene/operations/verify/audience-facts';

const ROOT = resolve(__dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** Durable names and their events: keys in the tables `inbox` and `reactions` of every deployment. */
const golden = JSON.parse(read('libs/messaging/golden/reactions.json')) as Record<string, string>;

const typeOf = new Map(
  files('libs/contracts/src/events').map((path) => {
    const [, contract, type] = /export const (\w+) = define\w+\(\s*'([^']+)'/.exec(read(path)) ?? [];
    return [contract, type] as const;
  }),
);
const reactionFiles = readdirSync(join(ROOT, 'apps')).flatMap((app) => files(`apps/${app}/src/reactions`));
const handlers = reactionFiles.flatMap((path) =>
  [...read(path).matchAll(/@OnEvent\((\w+),\s*'([^']+)'/g)].map(([, contract, name]) => ({ name, contract, path })),
);
const announcements = CATALOGUE.flatMap(({ type, announcement }) => (announcement ? [[announcement, type]] : []));

function files(folder: string): string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder))
    .filter((name) => !name.endsWith('.spec.ts'))
    .map((name) => `${folder}/${name}`);
}

describe('the durable names of reactions', () => {
  it('are those of the golden list: a renamed reaction does not see the events of the past', () => {
    const declared = [...handlers.map(({ name, contract }) => [name, typeOf.get(contract)] as const), ...announcements];
    expect(declared.map(([name]) => name).sort()).toEqual(Object.keys(golden).sort());
    expect(Object.fromEntries(declared)).toEqual(golden);
  });

  it('are all read by this spec: one handler per file in reactions/, named as its file', () => {
    const controllers = reactionFiles.filter((path) => read(path).includes('@Controller()'));
    expect(handlers.map(({ path }) => path)).toEqual(controllers);
    expect(handlers.map(({ name }) => name)).toEqual(controllers.map((path) => path.replace(/^.*\/|\.ts$/g, '')));
  });

  it('has one handler for each event that notifies: its room frame is forwarded by that handler alone', () => {
    const handled = handlers.map(({ contract }) => typeOf.get(contract));
    const notifying = CATALOGUE.filter(({ notifications }) => Object.keys(notifications).length > 0);
    const handlersPerEvent = notifying.map(({ type }) => [type, handled.filter((other) => other === type).length]);
    expect(handlersPerEvent).toEqual(notifying.map(({ type }) => [type, 1]));
  });

  it('address whom ops verify expects: the same payload fields, roles and conditions', () => {
    const addressed = handlers
      .filter(({ path }) => read(path).includes('notify({') || read(path).includes('notify(to'))
      // A reaction that is not stated is left out of verifications: a new event needs its contract and its handler only.
      .filter(({ name = '' }) => Object.hasOwn(AUDIENCE_FACTS, name))
      .map(({ name, path }) => {
        const source = read(path);
        const fields = (key: string) => [
          ...new Set(
            [...source.matchAll(new RegExp(`${key}: (?:\\[([\\w, ]*)\\]|(\\w+))`, 'g'))].flatMap(([, list, field]) =>
              (list ?? field ?? '').split(', '),
            ),
          ),
        ];
        const roles = [...source.matchAll(/'(OWNER|ADMIN|MEMBER)'/g)].map(([, role]) => role);
        return [
          name,
          {
            users: fields('users'),
            roles: [...new Set(roles)],
            except: fields('except'),
            onlyMembers: source.includes('onlyMembers: true'),
            personal: [...source.matchAll(/'([A-Z_]+)'/g)].some(([, code = '']) => isPersonal(code)),
            unless: [...source.matchAll(/if \((\w+)\) return \[\];/g)].map(([, field]) => field),
            // A way to notify nobody that this spec cannot read is a difference, too.
            silences: [...source.matchAll(/return \[\]|\? \[\]|: \[\]/g)].length,
          },
        ];
      });
    const expected = Object.entries(AUDIENCE_FACTS).map(([name, facts]) => [
      name,
      {
        users: facts.users ?? [],
        roles: facts.roles ?? [],
        except: facts.except ?? [],
        onlyMembers: facts.onlyMembers ?? false,
        personal: facts.personal ?? false,
        unless: facts.unless === undefined ? [] : [facts.unless],
        silences: facts.unless === undefined ? 0 : 1,
      },
    ]);
    expect(Object.fromEntries(addressed)).toEqual(Object.fromEntries(expected));
  });
});
