import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { formatFiles, generateFiles, type GeneratorCallback, type Tree } from '@nx/devkit';
import { queueOf } from '@convene/messaging/topology/queues';
import { addImport, addToList, edit } from '../edit';
import { type EventNames, namesOf } from '../names';

interface EventSchema {
  type: string;
  says?: string;
  roomFrame?: 'company' | 'actor' | 'none';
}

const CATALOGUE = 'libs/contracts/src/catalogue.ts';

/** `nx g ./tools/generators:event invites.expired` */
export async function generateEvent(tree: Tree, schema: EventSchema): Promise<GeneratorCallback> {
  addEvent(tree, ownerOf(tree, queueOf(schema.type)), schema);
  await formatFiles(tree);
  return () => updateGolden(tree.root);
}

/** One contract file, one line in the catalogue; one reaction with its spec, one line in the worker's module. */
export function addEvent(tree: Tree, app: string, { type, says, roomFrame = 'none' }: EventSchema): void {
  const names = namesOf(type);
  const contract = `libs/contracts/src/events/${names.file}.ts`;
  if (tree.exists(contract)) throw new Error(`The event ${type} exists: ${contract}`);

  const template = (folder: string, to: string) =>
    generateFiles(tree, join(__dirname, 'files', folder), to, { ...names, says: says ?? names.sentence, roomFrame });
  template('contract', 'libs/contracts/src/events');
  template('reaction', `apps/${app}/src/reactions`);

  edit(tree, CATALOGUE, (text) => registered(text, names));
  edit(tree, `apps/${app}/src/app.module.ts`, (text) =>
    addToList(
      addImport(text, names.controller, `./reactions/${names.controllerFile}`),
      'controllers: [',
      names.controller,
    ),
  );
}

const registered = (text: string, { contract, file }: EventNames) =>
  addToList(addImport(text, contract, `./events/${file}`), 'EventContract[] = [', contract);

/** The worker that consumes a queue. */
function ownerOf(tree: Tree, queue: string): string {
  const consumes = (app: string) => tree.read(`apps/${app}/src/app.module.ts`, 'utf8')?.includes(`'${queue}'`);
  const owner = tree.children('apps').find(consumes);
  if (!owner) throw new Error(`No app consumes the queue ${queue}`);
  return owner;
}

/** An addition by construction, so the golden file follows at once. */
export function updateGolden(root: string): void {
  const run = spawnSync(process.execPath, ['--import', 'tsx', 'libs/contracts/golden/update.ts'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (run.status !== 0) throw new Error('The golden file could not be updated: npm run contracts:golden');
}
