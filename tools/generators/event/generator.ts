import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { formatFiles, generateFiles, type GeneratorCallback, type Tree } from '@nx/devkit';
import { CONSUMERS, queueOf } from '@convene/messaging/topology/queues';
import { addImport, addToList, edit } from '../edit';
import { type EventNames, namesOf } from '../names';

interface EventSchema {
  type: string;
  says?: string;
  roomFrame?: 'company' | 'actor' | 'none';
  notifies?: boolean;
}

const CATALOGUE = 'libs/contracts/src/catalogue.ts';
const CODES = 'libs/contracts/src/notification-codes.ts';
const REACTIONS = 'libs/messaging/golden/reactions.json';

/** `nx g ./tools/generators:event invites.expired` */
export async function generateEvent(tree: Tree, schema: EventSchema): Promise<GeneratorCallback> {
  addEvent(tree, CONSUMERS[queueOf(schema.type)], schema);
  await formatFiles(tree);
  return () => updateGolden(tree.root);
}

/**
 * The contract, and with `notifies` the handler: two files to fill in. Catalogue, codes, the worker's module, the list of
 * durable names and the types of the SDK follow from them.
 */
export function addEvent(
  tree: Tree,
  app: string,
  { type, says, roomFrame = 'none', notifies = false }: EventSchema,
): void {
  const names = namesOf(type);
  const contract = `libs/contracts/src/events/${names.file}.ts`;
  if (tree.exists(contract)) throw new Error(`The event ${type} exists: ${contract}`);

  const options = { ...names, says: says ?? names.sentence, roomFrame, notifies };
  const template = (folder: string, to: string) => generateFiles(tree, join(__dirname, 'files', folder), to, options);
  template('contract', 'libs/contracts/src/events');
  edit(tree, CATALOGUE, (text) => registered(text, names, 'const EVENTS = ['));
  if (notifies) {
    template('reaction', `apps/${app}/src/reactions`);
    edit(tree, CODES, (text) => registered(text, names, 'const NOTIFYING = ['));
    edit(tree, `apps/${app}/src/app.module.ts`, (text) =>
      addToList(
        addImport(text, names.controller, `./reactions/${names.controllerFile}`),
        'controllers: [',
        names.controller,
      ),
    );
    edit(tree, REACTIONS, (text) => withName(text, names.controllerFile, type));
  } else if (roomFrame !== 'none') {
    edit(tree, REACTIONS, (text) => withName(text, names.announcement, type));
  }
}

/** Adds a durable name to the golden list, sorted. */
function withName(text: string, name: string, type: string): string {
  const entries = Object.entries({ ...(JSON.parse(text) as Record<string, string>), [name]: type });
  return JSON.stringify(Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))), null, 2);
}

const registered = (text: string, { contract, file }: EventNames, list: string) =>
  addToList(addImport(text, contract, `./events/${file}`), list, contract);

/** An addition by construction, so the golden file follows at once. */
export function updateGolden(root: string): void {
  const run = spawnSync(process.execPath, ['--import', 'tsx', 'libs/contracts/golden/update.ts'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (run.status !== 0) throw new Error('The golden file could not be updated: npm run contracts:golden');
}
