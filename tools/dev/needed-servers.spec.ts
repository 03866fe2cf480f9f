import { join, resolve } from 'node:path';
import { neededServers } from './needed-servers';

const root = resolve(__dirname, '../..');
const needed = async (project: string, isChosen?: (file: string) => boolean) =>
  (await neededServers([join(root, project)], isChosen)).sort();

it('starts none for a pure library', async () => {
  expect(await needed('libs/domain')).toEqual([]);
});

it('follows specs to helpers of other projects', async () => {
  const usesHarness = (file: string) => file.endsWith('friendship-and-message-reactions.spec.ts');
  expect(await needed('apps/notifications-worker', usesHarness)).toEqual(['postgres', 'rabbitmq', 'redis']);
});

it('starts for one spec what that one needs', async () => {
  const sealed = (file: string) => file.endsWith('sealed.spec.ts');
  expect(await needed('libs/auth', sealed)).toEqual([]);
  expect(await needed('libs/rate-limits')).toEqual(['redis']);
});
