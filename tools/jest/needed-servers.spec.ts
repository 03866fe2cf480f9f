import { join, resolve } from 'node:path';
import { neededServers } from './needed-servers';

const root = resolve(__dirname, '../..');
const needed = (project: string, chosen?: (file: string) => boolean) =>
  neededServers([join(root, project)], chosen).sort();

it('starts none for a pure library', () => {
  expect(needed('libs/domain')).toEqual([]);
});

it('follows specs to helpers of other projects', () => {
  const people = (file: string) => file.endsWith('reactions/people.spec.ts');
  expect(needed('apps/notifications-worker', people)).toEqual(['postgres', 'rabbitmq', 'redis']);
});

it('starts for one spec what that one needs', () => {
  const sealed = (file: string) => file.endsWith('sealed.spec.ts');
  expect(needed('libs/auth', sealed)).toEqual([]);
  expect(needed('libs/rate-limits')).toEqual(['redis']);
});
