import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Remediable } from '../servers/server';

export interface Project {
  name: string;
  root: string;
}

/** The projects with tests, or those of them that were asked for. */
export function projectsToTest(root: string, asked: string[]): Project[] {
  const nx = join(root, 'node_modules/nx/dist/bin/nx.js');
  const graph = execFileSync(process.execPath, [nx, 'graph', '--print'], {
    cwd: root,
    env: { ...process.env, NX_DAEMON: 'false' },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { nodes } = (JSON.parse(graph) as Graph).graph;
  const all = Object.values(nodes)
    .filter(({ data }) => data.targets?.['test'])
    .map(({ name, data }) => ({ name, root: join(root, data.root) }));
  const unknown = asked.filter((name) => !all.some((project) => project.name === name));
  if (unknown.length > 0) {
    throw new Remediable(`No tests in ${unknown.join(', ')}. There are: ${all.map(({ name }) => name).join(', ')}.`);
  }
  return asked.length > 0 ? all.filter(({ name }) => asked.includes(name)) : all;
}

interface Graph {
  graph: { nodes: Record<string, { name: string; data: { root: string; targets?: Record<string, unknown> } }> };
}
