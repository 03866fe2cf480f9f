import { TcpProxy } from '@convene/testing/tcp-proxy';
import { provideServers } from '../dev/servers/provide';
import { type ServerHandle, type ServerName, serverNames } from '../dev/servers/server';
import { prepareDatabase } from '../dev/test-servers';
import { appLabels } from './app-settings';

/** Starts private servers below `dir`, and before each of them a proxy for every process of the apps: `<label> <server>`. */
export async function openServers(dir: string, undo: (() => unknown)[]) {
  const list = await provideServers({ names: serverNames, dir, profile: 'test', way: 'private' });
  const servers = Object.fromEntries(list.map((server) => [server.name, server])) as Record<ServerName, ServerHandle>;
  undo.push(() => Promise.all(list.map((server) => server.stop())));
  await Promise.all(list.map((server) => server.start()));
  await prepareDatabase(servers.postgres.url);

  const proxies = new Map<string, TcpProxy>();
  for (const label of appLabels()) {
    for (const name of serverNames) proxies.set(`${label} ${name}`, await TcpProxy.to(servers[name].url));
  }
  undo.push(() => Promise.all([...proxies.values()].map((proxy) => proxy.close())));
  return { servers, proxies };
}
