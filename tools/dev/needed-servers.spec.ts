import { join, resolve } from 'node:path';
import { neededServers } from './needed-servers';

const root = resolve(__dirname, '../..');
const needed = async (project: string, isChosen?: (file: string) => boolean) =>
  (await neededServers([join(root, project)], isChosen)).sort();

it('a test run of a pure library needs no server', async () => {
  expect(await needed('libs/domain')).toEqual([]);
});

it('the needed servers include those of imported test support', async () => {
  const usesHarness = (file: string) => file.endsWith('friendship-and-message-reactions.spec.ts');
  expect(await needed('apps/notifications-worker', usesHarness)).toEqual(['postgres', 'rabbitmq', 'redis']);
});

it('a test run of one spec needs the servers of that spec only', async () => {
  const sealed = (file: string) => file.endsWith('sealed.spec.ts');
  expect(await needed('libs/auth', sealed)).toEqual([]);
  expect(await needed('libs/rate-limits')).toEqual(['redis']);
});
